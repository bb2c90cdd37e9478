import ArgumentParser
import Foundation
import Gateways
import Kernel
import Runtime
import Sandbox
import WarehouseService

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the system until it is told to stop (SIGTERM or SIGINT).",
        discussion: """
            Everything it knows is in the data folder, which is made at the first start; one server at a time uses it.
            With --sandbox the folder also keeps a key that may do everything, which is printed at each start. Without,
            make keys with `doorstep keys create`. Mail is written to mail/ in the data folder, or handed to the
            system's sendmail.

            Examples:
              doorstep serve --sandbox
              doorstep serve --sandbox --broker kafka://127.0.0.1:9092
              doorstep serve --data /var/lib/doorstep --port 9000 --parties http://10.0.0.7:8090
              doorstep serve --share --roles warehouse --port 9001
              doorstep serve --sendmail /usr/sbin/sendmail --mail-from orders@shop.example
            """)

    @OptionGroup var data: DataOption

    @OptionGroup var broker: BrokerOption
    @OptionGroup var feeds: FeedOptions

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on.")
    var port = 8080

    @Option(help: "What customers' links begin with, where a proxy stands before the server.")
    var publicURL: String?

    @Flag(help: "Run sandbox couriers and payments too, and a small shop to try.")
    var sandbox = false

    @Option(help: "The sandbox's port.")
    var sandboxPort = 8090

    @Option(help: "Where couriers and payments are reached without --sandbox.")
    var parties = "http://127.0.0.1:8090"

    @Flag(help: "Let webhooks go to this machine and private networks, also without TLS; --sandbox does too.")
    var localWebhooks = false

    @Option(help: "Hand mail to this program as `PROGRAM -t -i` instead of writing it to mail/.")
    var sendmail: String?

    @Option(help: "The sender of mail.")
    var mailFrom = MailConfiguration.standardSender

    @Option(help: "Do the floor's work by itself after so many seconds; without it, people do it.")
    var autoWork: Double?

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var limits: LimitOptions

    @Option(help: "How many clients may be connected at a time, as far as the system gives files; others wait.")
    var connections = 2000

    @Flag(help: "Ask for an API key at /metrics from this machine too, as when a proxy runs on it.")
    var metricsNeedKey = false

    @OptionGroup var search: SearchOptions

    @Option(help: "With --sandbox: how many demo orders a second are placed by themselves; 0 for none.")
    var demoRate = 0.0

    func validate() throws {
        try feeds.validate(with: cluster)
        guard (1...65_535).contains(port) else { throw ValidationError("--port is 1 to 65,535") }
        guard (1...65_535).contains(sandboxPort) else { throw ValidationError("--sandbox-port is 1 to 65,535") }
        guard (1...1_000_000).contains(connections) else {
            throw ValidationError("--connections is 1 to 1,000,000")
        }
        guard publicURL.map({ $0.starts(with: /https?:\/\/[^\/]/) && !$0.hasSuffix("/") }) ?? true else {
            throw ValidationError("--public-url is like https://shop.example, without a slash at its end")
        }
        guard (0...100).contains(demoRate) else { throw ValidationError("--demo-rate is 0 to 100") }
        guard autoWork.map({ (0...86_400).contains($0) }) ?? true else {
            throw ValidationError("--auto-work is 0 to 86,400 seconds")
        }
        guard sendmail.map({ FileManager.default.isExecutableFile(atPath: $0) }) ?? true else {
            throw ValidationError("--sendmail '\(sendmail ?? "")' is no program")
        }
        guard MailAddress(mailFrom) != nil else { throw ValidationError("--mail-from '\(mailFrom)' is no address") }
    }

    func run() async throws {
        var configuration = ServerConfiguration()
        configuration.system.dataPath = data.data
        configuration.system.store = data.store
        cluster.apply(to: &configuration.system, url: "http://\(host):\(port)")
        limits.apply(to: &configuration.system)
        configuration.search = search.choice(for: data.store ?? .sqlite(folder: data.data))
        configuration.system.transport = try broker.transport()
        configuration.system.feeds = feeds.sources
        configuration.host = host
        configuration.port = port
        configuration.publicURL = publicURL
        configuration.partiesURL = parties
        if sandbox {
            configuration.sandboxPort = sandboxPort
            configuration.couriers = Self.quickCouriers
        }
        configuration.mail.sendmailPath = sendmail
        if let sender = MailAddress(mailFrom) { configuration.mail.sender = sender }
        configuration.allowsLocalWebhooks = sandbox || localWebhooks
        configuration.connectionsMax = connections
        configuration.metricsAreOpenLocally = !metricsNeedKey
        if let seconds = autoWork ?? (sandbox ? 1 : nil) {
            configuration.system.staff = AutoWorker.Delays(all: .milliseconds(Int64(seconds * 1000)))
        }
        let isDemo = sandbox
        let rate = demoRate
        let stop = StopSignal()
        try await RunningServer.with(configuration) { server in
            if isDemo { try await DemoCatalog.seed(server.system, pieces: 1000, hotPieces: 20) }
            Terminal.say(Welcome.text(server, demoRate: rate))
            let stream = server.demoToken.flatMap { token in
                rate > 0 ? Task { await Self.shopper(server, token).stream(perSecond: rate) } : nil
            }
            await stop.wait()
            stream?.cancel()
            Terminal.say("Stopping.")
        }
        Terminal.say("Stopped. Everything is kept in '\(data.store?.text ?? data.data)'.")
    }

    private static func shopper(_ server: RunningServer, _ token: String) -> DemoShopper {
        DemoShopper(
            url: server.configuration.url, token: token, seed: UInt64(server.system.clock.now.milliseconds),
            wantsHotSKU: false, cancelRate: 0.03)
    }

    /// Parcels that are delivered while one watches: about a quarter of a minute after the label.
    private static let quickCouriers = [CourierProfile.swift, .turtle].map { courier in
        var courier = courier
        courier.journey.pickup = .seconds(4)
        courier.journey.leg = .seconds(3)
        return courier
    }
}

/// SIGTERM and SIGINT, as something to wait for.
final class StopSignal: Sendable {
    private let stream: AsyncStream<Void>
    // Sources are kept for as long as the signal is; they are only touched here.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in continuation.yield() }
            source.resume()
            return source
        }
    }

    func wait() async {
        for await _ in stream { return }
    }
}
