import Console
import Contracts
import Foundation
import Gateways
import HTTPAPI
import Hummingbird
import Kernel
import Logging
import OrdersService
import Ports
import Runtime
import Sandbox
import ServiceLifecycle
import Signing

/// What `serve` and `demo` run.
struct ServerConfiguration: Sendable {
    var system = SystemConfiguration()
    /// `nil` for what the store has.
    var search: SearchChoice?
    var host = "127.0.0.1"
    var port = 8080
    /// Runs sandbox couriers and payments on this port as well; `nil` runs none.
    var sandboxPort: Int?
    var couriers: [CourierProfile] = [.swift, .turtle]
    /// Where carriers and the payment provider are when there is no sandbox.
    var partiesURL = "http://127.0.0.1:8090"
    /// Webhooks may then go to this machine and private networks, over plain HTTP too.
    var allowsLocalWebhooks = false
    var mail = MailConfiguration()
    var seed: UInt64 = 1
    /// Answers all calls to the outside instead of the parties; for benchmarks.
    var gateway: (any EffectGateway)?
    var isRateLimited = true
    /// Clients' connections at a time.
    var connectionsMax = 2000
    /// Whether `/metrics` needs no key from this machine.
    var metricsAreOpenLocally = true

    /// Under which people reach the server; `nil` when it is where it listens.
    var publicURL: String?

    /// Where it listens.
    var url: String { "http://\(host):\(port)" }
    var reachedAt: String { publicURL ?? url }

    func api(_ secrets: CourierSecrets) -> APIConfiguration {
        var api = APIConfiguration(
            publicURL: reachedAt, openAPIPath: try? ProjectFiles.locate("api/logistics-v1.yaml"),
            courierSecrets: secrets.byCourier.mapValues { [$0] })
        api.connectionsMax = OpenFiles.room(forClients: connectionsMax)
        api.metricsAreOpenLocally = metricsAreOpenLocally
        if !isRateLimited {
            (api.requestsPerSecond, api.requestBurst) = (1e9, 1e9)
            (api.openRequestsPerSecond, api.openRequestBurst) = (1e9, 1e9)
        }
        return api
    }
}

/// The whole system with its HTTP side, for as long as `body` runs.
struct RunningServer: Sendable {
    let system: DoorstepSystem
    let services: APIServices
    let configuration: ServerConfiguration
    /// With a sandbox: a key that may do everything, see ``DemoKey``.
    let demoToken: String?

    /// Starts everything, runs `body`, and stops everything in the opposite order.
    ///
    /// - Throws: `port_taken`, what starting the system throws, and what `body` throws.
    static func with<Result: Sendable>(
        _ configuration: ServerConfiguration, observers: [any CommitObserver] = [],
        _ body: @escaping @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        try FreePort.check(configuration.port, host: configuration.host, option: "--port (make run PORT=…)")
        if let port = configuration.sandboxPort {
            try FreePort.check(port, host: configuration.host, option: "--sandbox-port")
        }
        let folder = try configuration.system.folder()
        let secrets = try CourierSecrets.load(folder, couriers: configuration.system.shipping.carriers.map(\.code))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            var configuration = configuration
            if let port = configuration.sandboxPort {
                configuration.partiesURL = try await startSandbox(port, configuration, secrets, folder, in: &group)
            }
            let started = try await start(configuration, folder, secrets, observers)
            let server = started.server
            let application = Application(
                router: try pages(server), server: server.services.configuration.serverBuilder,
                configuration: server.services.configuration.application(
                    listeningOn: configuration.host, port: configuration.port, logger: quietLogger),
                logger: quietLogger)
            // The group, unlike a cancelled task, lets requests in flight be answered.
            let lifecycle = ServiceGroup(configuration: lifecycleConfiguration(application))
            let serving = Task { try await lifecycle.run() }
            let audits = BackgroundAudit(server)
            do {
                try await FreePort.waitUntilOpen(configuration.port, host: configuration.host)
                try server.system.lock.announce(configuration.url)
                let result = try await body(server)
                audits.askToStop()
                // Pages that listen would hold the shutdown up.
                server.services.eventStream.close()
                await lifecycle.triggerGracefulShutdown()
                if case .failure(let error) = await serving.result {
                    Terminal.tell("Some clients were cut off: \(error)")
                }
                await started.stop()
                await audits.stop(within: .seconds(3))
                return result
            } catch {
                serving.cancel()
                _ = await serving.result
                await started.stop()
                await audits.stop(within: .seconds(3))
                throw error
            }
        }
    }

    /// Requests in flight are answered; whoever trickles a request or takes nothing of an answer is waited for this long.
    private static func lifecycleConfiguration(_ application: some Service) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: quietLogger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        return configuration
    }

    private struct Started {
        let server: RunningServer
        let outside: OutsideConnections
        let reads: [ReadPool]
        let peers: ClusterPeers?
        let search: SearchTurn?

        func stop() async {
            await search?.stop()
            await server.system.stop()
            await outside.close()
            peers?.close()
            server.services.access.stop()
            // What reads the databases holds their logs open; whoever closes last brings all into the files.
            for pool in reads { pool.stop() }
            await OwnThread.run { for pool in reads { _ = pool.waitUntilStopped(atMost: .seconds(1)) } }
        }
    }

    /// The API and the console's pages.
    private static func pages(_ server: RunningServer) throws -> Router<APIContext> {
        let services = server.services
        let pages = router(services)
        addConsole(
            to: pages,
            try ConsoleServices(
                orders: services.orders.reads, warehouse: services.warehouse.reads, shipping: services.shipping.reads,
                process: try ProcessFile.bytes(), eventStream: services.eventStream, auditBoard: services.auditBoard,
                clock: services.clock, circuits: services.circuits, search: { services.search },
                searchLag: { try await SearchLag.read(services) }, publicURL: server.configuration.reachedAt,
                host: server.configuration.host))
        if let peers = services.peers {
            PeerRecipients.addRoute(
                to: pages, DatabaseRecipientDirectory(services.orders.reads), secret: peers.secret)
        }
        return pages
    }

    private static var quietLogger: Logger {
        var logger = Logger(label: "doorstep.http")
        logger.logLevel = .warning
        return logger
    }

    private static func start(
        _ configuration: ServerConfiguration, _ folder: DataFolder, _ secrets: CourierSecrets,
        _ observers: [any CommitObserver]
    ) async throws -> Started {
        let metrics = APIMetrics()
        let watch = OrderWatch()
        let stream = EventStream()
        let listener = SearchListener()
        let roles = configuration.system.roles
        let reads = Topic.allCases.map { topic in
            let database: any Database = roles.runs(topic) ? folder.database(topic) : ElsewhereDatabase(topic: topic)
            return ReadPool(database, name: topic.rawValue, threads: 2)
        }
        let byTopic = Dictionary(uniqueKeysWithValues: zip(Topic.allCases, reads))
        guard let orders = byTopic[.orders], let warehouse = byTopic[.warehouse], let shipping = byTopic[.shipping]
        else { preconditionFailure("a pool for every topic") }
        let peers = try configuration.system.sharingInForce.map { sharing throws(Fault) in
            ClusterPeers(
                folder, ownAddress: sharing.address, secret: try ClusterSecret.load(folder),
                elsewhere: configuration.system.feeds?.urls ?? [:], clock: SystemClock())
        }
        let ownRecipients = DatabaseRecipientDirectory(orders)
        let peersRecipients = roles.runs(.orders) ? nil : peers.map { PeerRecipients(peers: $0) }
        let recipients: any RecipientDirectory = peersRecipients ?? ownRecipients
        let outside = try OutsideConnections(
            partiesURL: configuration.partiesURL, carriers: configuration.system.shipping.carriers.map(\.code),
            mail: configuration.mail, publicURL: configuration.reachedAt, dataFolder: folder.path,
            allowsLocalWebhooks: configuration.allowsLocalWebhooks, ordersReads: orders,
            recipients: recipients)
        let system = try await DoorstepSystem.start(
            configuration.system, gateway: configuration.gateway ?? outside.gateway,
            observers: [watch, stream, metrics, listener] + observers, announced: { stream.announced($0) })
        let search = try await SearchTurn.begin(
            configuration.search ?? .standard(for: folder.store), folder, configuration.system, clock: system.clock,
            recent: system.recent, listener: listener)
        let access = try await AccessStore.open(folder.access, clock: system.clock)
        let isDemo = configuration.sandboxPort != nil
        let demoToken = isDemo ? try await DemoKey.token(folder, access, now: system.clock.now) : nil
        let effects = system.effects
        let services = APIServices(
            orders: ServiceAccess(mailbox: system.orders.mailbox, reads: orders, isHere: roles.runs(.orders)),
            warehouse: ServiceAccess(
                mailbox: system.warehouse.mailbox, reads: warehouse, isHere: roles.runs(.warehouse)),
            shipping: ServiceAccess(mailbox: system.shipping.mailbox, reads: shipping, isHere: roles.runs(.shipping)),
            access: access,
            clock: system.clock,
            configuration: configuration.api(secrets),
            metrics: metrics, orderWatch: watch, eventStream: stream, search: { search?.access },
            circuits: {
                effects.circuits().map {
                    CircuitView(
                        destination: $0.destination, state: $0.state.rawValue, failures: $0.failures, since: $0.since,
                        waiting: $0.waiting, inFlight: $0.inFlight)
                }
            }, relays: system.carriers.broker?.status,
            refusalOfWebhookURL: { await outside.refusal(ofWebhookURL: $0) }, peers: peers)
        return Started(
            server: RunningServer(
                system: system, services: services, configuration: configuration, demoToken: demoToken),
            outside: outside, reads: reads, peers: peers, search: search)
    }

    private static func startSandbox(
        _ port: Int, _ configuration: ServerConfiguration, _ secrets: CourierSecrets, _ folder: DataFolder,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> String {
        let sandbox = SandboxServer(
            SandboxConfiguration(
                host: configuration.host, port: port, seed: configuration.seed, couriers: configuration.couriers,
                reporting: TrackingReporting(
                    baseURL: configuration.url, secrets: secrets.byCourier.mapValues(\.text)),
                journalPath: "\(folder.path)/sandbox.journal"),
            logger: quietLogger, clock: { SystemClock().now })
        group.addTask { try await sandbox.run() }
        try await FreePort.waitUntilOpen(port, host: configuration.host)
        return "http://\(configuration.host):\(port)"
    }
}
