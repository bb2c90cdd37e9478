import ArgumentParser
import Kernel
import Logging
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Runs two couriers and a payment provider that are late, wrong, twice and down on demand.",
        discussion: """
            Examples:
              doorstep sandbox --port 8090
              doorstep sandbox --pickup 2 --leg 1 --fail-rate 0.3
              curl -X POST localhost:8090/control/faults/swift -d '{"outage":"unavailable"}'
              curl localhost:8090/control/books?totals=only
            """)

    @Option(help: "Port on 127.0.0.1; 0 lets the system choose.")
    var port = 8090

    @Option(help: "Seed of everything that is left to chance.")
    var seed: UInt64 = 1

    @Option(help: "Where tracking events are sent, for example http://127.0.0.1:8080.")
    var reportTo: String?

    @Option(help: "A courier's webhook secret, as COURIER=whsec_….")
    var secret: [String] = []

    @Option(help: "A file that keeps the books over a restart.")
    var journal: String?

    @Option(help: "Seconds from the label to the courier's first scan; each courier's own without it.")
    var pickup: Double?

    @Option(help: "Seconds between two scans; each courier's own without it.")
    var leg: Double?

    @Option(help: "How many attempts to deliver fail, 0 to 1.")
    var failRate: Double?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65,535") }
        guard [pickup, leg].allSatisfy({ $0.map { (0...86_400).contains($0) } ?? true }) else {
            throw ValidationError("--pickup and --leg are 0 to 86,400 seconds")
        }
        guard failRate.map({ (0...1).contains($0) }) ?? true else { throw ValidationError("--fail-rate is 0 to 1") }
    }

    func run() async throws {
        var secrets: [String: String] = [:]
        for entry in secret {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--secret is COURIER=whsec_…") }
            secrets[parts[0]] = parts[1]
        }
        let configuration = SandboxConfiguration(
            port: port, seed: seed, couriers: [.swift, .turtle].map(adapted),
            reporting: reportTo.map { TrackingReporting(baseURL: $0, secrets: secrets) },
            journalPath: journal)
        try FreePort.check(port, host: configuration.host, option: "--port")
        try await Self.serve(configuration)
    }

    /// Until SIGTERM or SIGINT.
    private static func serve(_ configuration: SandboxConfiguration) async throws {
        let server = SandboxServer(configuration, logger: Logger(label: "doorstep.sandbox")) { SystemClock().now }
        let stop = StopSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { port in
                    Terminal.say("Sandbox on http://127.0.0.1:\(port) (couriers swift and turtle, payments, control)")
                }
            }
            group.addTask { await stop.wait() }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func adapted(_ courier: CourierProfile) -> CourierProfile {
        var courier = courier
        if let pickup { courier.journey.pickup = .milliseconds(Int64(pickup * 1000)) }
        if let leg { courier.journey.leg = .milliseconds(Int64(leg * 1000)) }
        if let failRate { courier.journey.failRate = failRate }
        return courier
    }
}
