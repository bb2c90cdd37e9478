import Contracts
import EmbeddedIndex
import Foundation
import Kernel
import OrdersService
import Ports
import SQLiteStore
import SearchService
import ShippingService
import Signing
import Synchronization
import Testing
import WarehouseService

@testable import HTTPAPI
@testable import Runtime

/// The outside world, where everything succeeds at once, unless a test keeps a kind of call waiting.
final class ObligingWorld: EffectSink {
    private struct State {
        var deliveries: [Topic: @Sendable (Effect, EffectOutcome) -> Void] = [:]
        var held: Set<EffectKind> = []
        var refused: Set<EffectKind> = []
        var waiting: [Effect] = []
    }

    private let state = Mutex(State())

    func connect(_ topic: Topic, _ delivery: @escaping @Sendable (Effect, EffectOutcome) -> Void) {
        state.withLock { $0.deliveries[topic] = delivery }
    }

    /// Calls of this kind get no answer until they are let go.
    func hold(_ kind: EffectKind) { state.withLock { _ = $0.held.insert(kind) } }

    /// Calls of this kind are refused for good, until they are accepted again.
    func refuse(_ kind: EffectKind) { state.withLock { _ = $0.refused.insert(kind) } }

    func accept(_ kind: EffectKind) { state.withLock { _ = $0.refused.remove(kind) } }

    func letGo() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.held = []
            return state.waiting
        }
        submit(waiting)
    }

    func submit(_ effects: [Effect]) {
        for effect in effects {
            let delivery = state.withLock { state -> (@Sendable (Effect, EffectOutcome) -> Void)? in
                if state.held.contains(effect.key.kind) {
                    state.waiting.append(effect)
                    return nil
                }
                let isShipping = effect.key.kind == .bookShipment || effect.key.kind == .voidShipment
                return state.deliveries[isShipping ? .shipping : .orders]
            }
            let isRefused = state.withLock { $0.refused.contains(effect.key.kind) }
            delivery?(effect, isRefused ? .refused(code: "no", detail: "") : .done(Self.result(effect)))
        }
    }

    private static func result(_ effect: Effect) -> EffectResult {
        switch effect.request {
        case .authorizePayment, .capturePayment, .refundPayment: .payment(id: "pay-\(effect.key.reference)")
        case .bookShipment(let booking):
            .shipment(trackingNumber: "TN\(booking.shipmentID.rawValue)", price: Money(590, .eur))
        case .voidPayment, .voidShipment, .sendMail, .deliverWebhook: .acknowledged
        }
    }
}

/// The three services on SQLite in a folder of their own, with the API before them.
final class TestSystem: Sendable {
    let folder: TemporaryFolder
    let clock = TestClock()
    let world = ObligingWorld()
    let services: APIServices
    let client: TestClient
    let token: String
    /// By carrier.
    let secrets = ["swift": WebhookSecret.random(), "turtle": WebhookSecret.random()]
    private let threads: [WorkerThread]
    private let pools: [ReadPool]
    private let indexing: Task<Void, Never>

    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().resolvingSymlinksInPath().path

    init(_ configure: (inout APIConfiguration) -> Void = { _ in }) async throws {
        folder = try TemporaryFolder()
        var parts = Parts(folder: folder.path, clock: clock, world: world)
        // A worker reads the others' logs from its first step on, so all logs exist before any worker starts.
        for topic in Topic.allCases {
            let connection = try parts.database(topic).connect(.write)
            try Migrator.migrate(connection, scope: "runtime", RuntimeTables.migrations, now: clock.now)
            connection.close()
        }
        let process = try #require(
            FileManager.default.contents(atPath: Self.repository + "/processes/order-fulfillment.bpmn"))
        let orders = try await parts.start(.orders) { () throws(Fault) in try Self.orders([UInt8](process)) }
        let warehouse = try await parts.start(.warehouse) { WarehouseLogic() }
        let shipping = try await parts.start(.shipping) { ShippingLogic() }
        world.connect(.orders) { orders.mailbox.deliver($0, $1) }
        world.connect(.shipping) { shipping.mailbox.deliver($0, $1) }
        let access = try await AccessStore.open(SQLiteDatabase(path: folder.path + "/access.db"), clock: clock)
        token = try await access.create(
            name: "root", scopes: Set(Scope.allCases), expiresAt: nil, actor: "test"
        ).token
        var configuration = APIConfiguration(
            openAPIPath: Self.repository + "/api/logistics-v1.yaml", courierSecrets: secrets.mapValues { [$0] })
        configure(&configuration)
        let wakeup = IndexerWakeup()
        let searching = try await parts.start("search", parts.wakeups.listener) { SearchLogic { wakeup.raise() } }
        let index = try EmbeddedIndex(folder: folder.path + "/index")
        let indexer = Indexer(
            index, alias: EmbeddedIndex.alias, reads: searching.reads, orders: DatabaseOrderDirectory(orders.reads),
            warehouses: DatabaseWarehouseDirectory(warehouse.reads),
            history: LogHistory([
                .orders: orders.reads, .warehouse: warehouse.reads, .shipping: shipping.reads,
            ]), clock: clock, wakeup: wakeup,
            note: { [mailbox = searching.mailbox] position async throws(Fault) in
                guard case .accepted = await mailbox.answer(to: .noteWritten(position)) else {
                    throw Fault("worker_stopping", retryable: true, "no answer")
                }
            },
            mend: { [mailbox = searching.mailbox] folds, partition async throws(Fault) in
                guard case .accepted = await mailbox.answer(to: .mend(folds, partition: partition)) else {
                    throw Fault("worker_stopping", retryable: true, "no answer")
                }
            })
        indexing = Task { await indexer.run() }
        let search = SearchAccess(
            search: OrderSearch(index, clock: clock), indexer: indexer, mailboxes: [searching.mailbox],
            reads: searching.reads)
        services = APIServices(
            orders: orders, warehouse: warehouse, shipping: shipping, access: access, clock: clock,
            configuration: configuration, metrics: parts.metrics, orderWatch: parts.watch,
            eventStream: parts.stream,
            search: { search },
            circuits: { [clock] in
                [
                    CircuitView(
                        destination: "carrier/swift", state: "closed", failures: 0, since: clock.now, waiting: 0,
                        inFlight: 0)
                ]
            })
        client = TestClient(services, token: token)
        threads = parts.threads
        pools = parts.pools
    }

    deinit {
        indexing.cancel()
        for thread in threads { thread.stop(within: .seconds(2)) }
        for pool in pools { pool.stop() }
        services.access.stop()
        services.eventStream.close()
    }

    private static func orders(_ process: [UInt8]) throws(Fault) -> OrdersLogic {
        do {
            return try OrdersLogic(process: process)
        } catch {
            throw Fault("process_unusable", retryable: false, "\(error)")
        }
    }

    /// A header set as a courier sends it.
    func signature(_ carrier: String, _ body: String, id: String = UUID().uuidString, age: Duration = .zero)
        -> [String: String]
    {
        let timestamp = (clock.now - age).milliseconds / 1000
        let secrets = secrets[carrier].map { [$0] } ?? [WebhookSecret.random()]
        return [
            "webhook-id": id, "webhook-timestamp": String(timestamp),
            "webhook-signature": WebhookSignature.sign(
                id: id, timestamp: timestamp, body: Array(body.utf8), secrets: secrets),
        ]
    }
}

/// What the services of a test share.
private struct Parts {
    let folder: String
    let clock: TestClock
    let world: ObligingWorld
    let metrics = APIMetrics()
    let watch = OrderWatch()
    let stream = EventStream()
    let recent = RecentEvents()
    let wakeups = Wakeups()
    var threads: [WorkerThread] = []
    var pools: [ReadPool] = []

    func database(_ topic: Topic) -> SQLiteDatabase { SQLiteDatabase(path: "\(folder)/\(topic.rawValue).db") }

    mutating func start<Logic: ServiceLogic>(
        _ topic: Topic, _ make: @escaping @Sendable () throws(Fault) -> Logic
    ) async throws -> ServiceAccess<Logic.Command, Logic.Reply> {
        let (mailbox, reads) = try await start(topic.rawValue, wakeups.signal(topic), make)
        return ServiceAccess(mailbox: mailbox, topic: topic, reads: reads)
    }

    mutating func start<Logic: ServiceLogic>(
        _ name: String, _ signal: Signal, _ make: @escaping @Sendable () throws(Fault) -> Logic
    ) async throws -> (mailbox: Mailbox<Logic.Command, Logic.Reply>, reads: ReadPool) {
        let (ready, continuation) = AsyncThrowingStream.makeStream(of: Mailbox<Logic.Command, Logic.Reply>.self)
        let own = SQLiteDatabase(path: "\(folder)/\(name).db")
        let databases = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, database($0) as any Database) })
        let observers: [any CommitObserver] = [wakeups, metrics, watch, stream]
        let (clock, world, recent) = (clock, world, recent)
        threads.append(
            WorkerThread(
                name: name, signal: signal,
                onReady: { (mailbox: Mailbox<Logic.Command, Logic.Reply>) in continuation.yield(mailbox) },
                onFault: { fault in
                    if case .terminated = continuation.yield(with: .failure(fault)) { Issue.record(fault) }
                },
                make: { () throws(Fault) -> Worker<Logic> in
                    try Worker(
                        try make(), database: own, log: LocalEventLog(databases: databases, recent: recent),
                        recent: recent, effects: world, observers: observers, clock: clock,
                        options: WorkerOptions(owner: "test"), signal: signal)
                }))
        var mailboxes = ready.makeAsyncIterator()
        let mailbox = try #require(try await mailboxes.next())
        let reads = ReadPool(own, name: name)
        pools.append(reads)
        return (mailbox, reads)
    }
}

private final class Wakeups: CommitObserver {
    private let signals = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, Signal()) })
    /// Of a service that only listens.
    let listener = Signal()

    func signal(_ topic: Topic) -> Signal { signals[topic] ?? Signal() }

    func committed(_ record: CommitRecord) {
        for signal in signals.values { signal.raise() }
        listener.raise()
    }
}
