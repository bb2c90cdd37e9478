import Contracts
import Kernel
import OrdersService
import Ports
import Runtime
import SQLiteStore
import ShippingService
import WarehouseService

/// The three services as they run in production, on files, without threads: whoever holds this steps them.
final class SimulatedSystem {
    let clock: VirtualClock
    let world: SimulatedWorld
    let crashes: CrashSwitch
    private let process: OrderProcess
    private let databases: [Topic: CrashingDatabase]
    private let batchLimit: Int
    private var starts = 0
    private(set) var orders: Worker<OrdersLogic>
    private(set) var warehouse: Worker<WarehouseLogic>
    private(set) var shipping: Worker<ShippingLogic>

    init(
        folder: String, process: OrderProcess, clock: VirtualClock, world: SimulatedWorld, crashes: CrashSwitch,
        batchLimit: Int
    ) throws {
        self.clock = clock
        self.world = world
        self.crashes = crashes
        self.process = process
        self.batchLimit = batchLimit
        var databases: [Topic: CrashingDatabase] = [:]
        for topic in Topic.allCases {
            let base = SQLiteDatabase(path: "\(folder)/\(topic.rawValue).db")
            try base.connect(.write).close()
            databases[topic] = CrashingDatabase(topic: topic, base: base, crashes: crashes)
        }
        self.databases = databases
        let parts = Parts(databases, world, clock, batchLimit, start: 0)
        orders = try parts.worker(.orders, OrdersLogic(process))
        warehouse = try parts.worker(.warehouse, WarehouseLogic())
        shipping = try parts.worker(.shipping, ShippingLogic())
    }

    /// The power fails and comes back: nothing is left but the files and the outside world's memory.
    func crash() throws {
        world.forgetCaller()
        starts += 1
        let parts = Parts(databases, world, clock, batchLimit, start: starts)
        orders = try parts.worker(.orders, OrdersLogic(process))
        warehouse = try parts.worker(.warehouse, WarehouseLogic())
        shipping = try parts.worker(.shipping, ShippingLogic())
    }

    /// One batch of one service.
    func step(_ topic: Topic) throws(Fault) -> Int {
        crashes.arm(true)
        defer { crashes.arm(false) }
        let handled =
            switch topic {
            case .orders: try orders.step()
            case .warehouse: try warehouse.step()
            case .shipping: try shipping.step()
            }
        if crashes.takeDeath() { throw Fault(CrashSwitch.code, retryable: true, "after telling") }
        return handled
    }

    func deliver(_ effect: Effect, _ outcome: EffectOutcome) {
        switch effect.key.kind {
        case .bookShipment, .voidShipment: shipping.mailbox.deliver(effect, outcome)
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment, .sendMail, .deliverWebhook:
            orders.mailbox.deliver(effect, outcome)
        }
    }

    func nextTimer() throws(Fault) -> Instant? {
        let timers = [try orders.nextTimer(), try warehouse.nextTimer(), try shipping.nextTimer()]
        return timers.compactMap { $0 }.min()
    }

    func reader(_ topic: Topic) throws(Fault) -> any DatabaseConnection {
        guard let database = databases[topic] else { preconditionFailure("no database of \(topic)") }
        return try database.connect(.read)
    }
}

/// What the workers of one life of the process share.
private struct Parts {
    let databases: [Topic: CrashingDatabase]
    let world: SimulatedWorld
    let clock: VirtualClock
    let recent = RecentEvents(capacity: 64)
    let options: WorkerOptions

    init(
        _ databases: [Topic: CrashingDatabase], _ world: SimulatedWorld, _ clock: VirtualClock, _ batchLimit: Int,
        start: Int
    ) {
        self.databases = databases
        self.world = world
        self.clock = clock
        options = WorkerOptions(owner: "start-\(start)", batchLimit: batchLimit, formerOwnerIsGone: true)
    }

    func worker<Logic: ServiceLogic>(_ topic: Topic, _ logic: Logic) throws(Fault) -> Worker<Logic> {
        guard let database = databases[topic] else { preconditionFailure("no database of \(topic)") }
        return try Worker(
            logic, database: database, log: LocalEventLog(databases: databases, recent: recent), recent: recent,
            effects: world, clock: clock, options: options)
    }
}
