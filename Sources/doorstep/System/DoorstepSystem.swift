import Contracts
import Gateways
import Kernel
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

/// The whole system in one process on the embedded store: three services, their effects, and the floor's staff.
///
/// Read it from top to bottom: this is where every part meets every other.
final class DoorstepSystem: Sendable {
    let folder: DataFolder
    let clock: SystemClock
    let orders: StartedService<OrdersLogic>
    let warehouse: StartedService<WarehouseLogic>
    let shipping: StartedService<ShippingLogic>
    let effects: EffectRunner
    private let staff: Staff?
    let lock: DataFolderLock

    /// Locks the folder, brings the databases up to date, and starts everything.
    ///
    /// - Parameters:
    ///   - gateway: `nil` calls nobody: what is to be called stays as it is for the next start.
    ///   - storage: stands between a service and its database; a benchmark measures there.
    /// - Throws: `already_running`, `data_folder_unusable`, `file_missing`, and what opening a database throws.
    static func start(
        _ configuration: SystemConfiguration, gateway: (any EffectGateway)?, observers: [any CommitObserver],
        storage: @escaping @Sendable (Topic, any Database) -> any Database = { $1 }
    ) async throws(Fault) -> DoorstepSystem {
        FreedMemory.keepForNextBatch()
        let folder = try DataFolder(configuration.dataPath)
        let lock = try folder.lock()
        let clock = SystemClock()
        let router = OutcomeRouter()
        let effects = EffectRunner(
            gateway: gateway ?? IdleGateway(), clock: clock,
            options: EffectRunner.Options(seed: UInt64(clock.now.milliseconds))
        ) { router.report($0, $1) }
        // A stopped runner drops what it is given, which then waits in the tables as it was.
        if gateway == nil { _ = await effects.stop(within: .zero) }
        let parts = SystemParts(
            database: { storage($0, folder.database($0)) }, clock: clock, wakeups: Wakeups(), recent: RecentEvents(),
            effects: effects,
            observers: observers,
            options: WorkerOptions(owner: "process-\(clock.now.milliseconds)", formerOwnerIsGone: true),
            onFault: { topic, fault in Terminal.tell("\(topic.rawValue) stopped: \(fault)") })

        let process = try ProcessFile.bytes()
        let makeOrders: @Sendable () throws(Fault) -> OrdersLogic = { () throws(Fault) in
            do {
                return try OrdersLogic(process: process, options: configuration.orders)
            } catch {
                throw Fault("process_unusable", retryable: false, "\(ProcessFile.path): \(error)")
            }
        }
        let makeWarehouse: @Sendable () -> WarehouseLogic = { WarehouseLogic(policy: configuration.warehouse) }
        let makeShipping: @Sendable () -> ShippingLogic = { ShippingLogic(policy: configuration.shipping) }
        // Every database must be ready before a service that reads it starts.
        try Migrator.prepare(folder.database(.orders), for: try makeOrders(), now: clock.now)
        try Migrator.prepare(folder.database(.warehouse), for: makeWarehouse(), now: clock.now)
        try Migrator.prepare(folder.database(.shipping), for: makeShipping(), now: clock.now)
        let orders = try await StartedService.start(.orders, parts, makeLogic: makeOrders)
        let warehouse = try await StartedService.start(.warehouse, parts, makeLogic: makeWarehouse)
        let shipping = try await StartedService.start(.shipping, parts, makeLogic: makeShipping)
        router.connect(.orders) { orders.mailbox.deliver($0, $1) }
        router.connect(.shipping) { shipping.mailbox.deliver($0, $1) }
        let staff = configuration.staff.map { delays in
            Staff(
                AutoWorker(
                    delays: delays, faults: AutoWorker.Faults(shortPickFraction: configuration.shortPickFraction)),
                database: folder.database(.warehouse), mailbox: warehouse.mailbox, clock: clock)
        }
        return DoorstepSystem(
            folder: folder, clock: clock, orders: orders, warehouse: warehouse, shipping: shipping, effects: effects,
            staff: staff, lock: lock)
    }

    private init(
        folder: DataFolder, clock: SystemClock, orders: StartedService<OrdersLogic>,
        warehouse: StartedService<WarehouseLogic>, shipping: StartedService<ShippingLogic>, effects: EffectRunner,
        staff: Staff?, lock: DataFolderLock
    ) {
        self.folder = folder
        self.clock = clock
        self.orders = orders
        self.warehouse = warehouse
        self.shipping = shipping
        self.effects = effects
        self.staff = staff
        self.lock = lock
    }

    /// Stops within seconds: nothing new begins, what is in flight ends, the leases are given back.
    func stop() async {
        staff?.stop()
        let cancelled = await effects.stop(within: .seconds(5))
        if cancelled > 0 { Terminal.tell("\(cancelled) calls were cut off; they are looked up at the next start") }
        let threads = [orders.thread, warehouse.thread, shipping.thread]
        await withTaskGroup(of: Void.self) { group in
            for thread in threads {
                group.addTask { await OwnThread.run { thread.stop(within: .seconds(5)) } }
            }
        }
    }
}
