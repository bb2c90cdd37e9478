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
    let partitions: Int
    private var starts = 0
    private(set) var orders: SimulatedService<OrdersLogic>
    private(set) var warehouse: SimulatedService<WarehouseLogic>
    private(set) var shipping: SimulatedService<ShippingLogic>

    init(
        folder: String, process: OrderProcess, clock: VirtualClock, world: SimulatedWorld, crashes: CrashSwitch,
        batchLimit: Int, partitions: Int
    ) throws {
        self.partitions = partitions
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
        let parts = Parts(databases, world, clock, batchLimit, partitions, start: 0)
        orders = try parts.service(.orders) { OrdersLogic(process, partition: $0) }
        warehouse = try parts.service(.warehouse) { WarehouseLogic(partition: $0) }
        shipping = try parts.service(.shipping) { ShippingLogic(partition: $0) }
    }

    /// The power fails and comes back: nothing is left but the files and the outside world's memory.
    func crash() throws {
        world.forgetCaller()
        starts += 1
        let parts = Parts(databases, world, clock, batchLimit, partitions, start: starts)
        orders = try parts.service(.orders) { [process] in OrdersLogic(process, partition: $0) }
        warehouse = try parts.service(.warehouse) { WarehouseLogic(partition: $0) }
        shipping = try parts.service(.shipping) { ShippingLogic(partition: $0) }
    }

    /// One batch of each partition of one service.
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

/// The workers of one service, one for each partition.
struct SimulatedService<Logic: ServiceLogic> {
    let mailbox: ServiceMailbox<Logic.Command, Logic.Reply>
    fileprivate let workers: [Worker<Logic>]

    @discardableResult
    func step() throws(Fault) -> Int {
        var handled = 0
        for worker in workers { handled += try worker.step() }
        return handled
    }

    func nextTimer() throws(Fault) -> Instant? {
        var timers: [Instant] = []
        for worker in workers {
            if let timer = try worker.nextTimer() { timers.append(timer) }
        }
        return timers.min()
    }
}

/// What the workers of one life of the process share.
private struct Parts {
    let databases: [Topic: CrashingDatabase]
    let world: SimulatedWorld
    let clock: VirtualClock
    let recent = RecentEvents(capacity: 64)
    let options: WorkerOptions
    let partitions: Int

    init(
        _ databases: [Topic: CrashingDatabase], _ world: SimulatedWorld, _ clock: VirtualClock, _ batchLimit: Int,
        _ partitions: Int, start: Int
    ) {
        self.partitions = partitions
        self.databases = databases
        self.world = world
        self.clock = clock
        options = WorkerOptions(owner: "start-\(start)", batchLimit: batchLimit, formerOwnerIsGone: true)
    }

    func service<Logic: ServiceLogic>(
        _ topic: Topic, _ logic: (Partition) -> Logic
    ) throws(Fault) -> SimulatedService<Logic> {
        guard let database = databases[topic] else { preconditionFailure("no database of \(topic)") }
        let mailbox = ServiceMailbox(topic: topic, partitionCount: partitions, routing: Logic.routing)
        var workers: [Worker<Logic>] = []
        for number in 0..<partitions {
            var options = options
            options.partition = number
            options.partitionCount = partitions
            options.renewsIdleLease = false
            let worker = try Worker(
                logic(Partition(number, of: partitions)), database: database,
                log: LocalEventLog(databases: databases, recent: recent), recent: recent, effects: world, clock: clock,
                options: options)
            mailbox.open(number, worker.mailbox)
            workers.append(worker)
        }
        return SimulatedService(mailbox: mailbox, workers: workers)
    }
}
