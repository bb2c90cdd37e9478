import AsyncHTTPClient
import Hummingbird
import Kernel
import Logging
import NIOCore
import ServiceLifecycle

/// Couriers and a payment provider as real HTTP servers that are late, wrong, twice and down on demand.
///
/// One listener for all, told apart by the beginning of their paths: `/couriers/{code}`, `/payments` and `/control`.
public struct SandboxServer: Sendable {
    private let configuration: SandboxConfiguration
    private let logger: Logger
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: the time, for scans and signatures.
    public init(_ configuration: SandboxConfiguration, logger: Logger, clock: @escaping @Sendable () -> Instant) {
        self.configuration = configuration
        self.logger = logger
        self.clock = clock
    }

    /// Serves until the surrounding task is cancelled, which is how it ends well: requests in flight are cut off.
    ///
    /// - Parameter onReady: called once with the port that it listens on.
    /// - Throws: `sandbox_not_listening` when the address is taken or not ours; `journal_unreadable`.
    public func run(onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws(Fault) {
        let world = try SandboxWorld(configuration, clock: clock)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.clientConfiguration)
        let reporter = configuration.reporting.map {
            TrackingReporter(world, configuration, $0, client: client, logger: logger)
        }
        let outcome = await serve(world, reporter, onReady)
        // Idle connections to Doorstep; whether they close cleanly matters to nobody any more.
        try? await client.shutdown()
        try outcome.get()
    }

    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private func serve(
        _ world: SandboxWorld, _ reporter: TrackingReporter?, _ onReady: @escaping @Sendable (Int) async -> Void
    ) async -> Result<Void, Fault> {
        let responder = SandboxResponder(
            world: world, couriers: CourierRoutes(world: world), payments: PaymentRoutes(world: world),
            control: ControlRoutes(world: world, reporter: reporter))
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: responder,
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: "doorstep-sandbox",
                backlog: 1_024),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        let serverLogger = logger
        return await withTaskGroup(of: Result<Void, Fault>?.self) { group in
            group.addTask { await Self.listen(application, serverLogger) }
            group.addTask {
                await Self.playJourneys(world, reporter)
                return nil
            }
            while let result = await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            return .success(())
        }
    }

    /// Ends by a shutdown of the listener, since a listener that is cancelled complains about it. Requests in flight
    /// have a moment.
    private static func listen(_ application: some Service, _ logger: Logger) async -> Result<Void, Fault> {
        var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: logger)
        configuration.maximumGracefulShutdownDuration = .milliseconds(200)
        let lifecycle = ServiceGroup(configuration: configuration)
        let serving = Task { try await lifecycle.run() }
        return await withTaskCancellationHandler {
            do {
                try await serving.value
                return .success(())
            } catch {
                if Task.isCancelled { return .success(()) }
                return .failure(Fault("sandbox_not_listening", retryable: false, "\(error)"))
            }
        } onCancel: {
            Task { await lifecycle.triggerGracefulShutdown() }
        }
    }

    /// Parcels move also when nobody is told.
    private static func playJourneys(_ world: SandboxWorld, _ reporter: TrackingReporter?) async {
        if let reporter { return await reporter.run() }
        while !Task.isCancelled {
            _ = world.scans(limit: 4_096)
            try? await Task.sleep(for: .milliseconds(50))
        }
    }
}
