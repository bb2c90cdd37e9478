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
    private var parts: Parts
    private(set) var orders: SimulatedService<OrdersLogic>
    private(set) var warehouse: SimulatedService<WarehouseLogic>
    private(set) var shipping: SimulatedService<ShippingLogic>

    init(
        folder: String, process: OrderProcess, clock: VirtualClock, world: SimulatedWorld, crashes: CrashSwitch,
        plan: SimulationPlan, batchLimit: Int
    ) throws {
        self.clock = clock
        self.world = world
        self.crashes = crashes
        self.process = process
        var databases: [Topic: CrashingDatabase] = [:]
        for topic in Topic.allCases {
            let base = SQLiteDatabase(path: "\(folder)/\(topic.rawValue).db")
            try base.connect(.write).close()
            databases[topic] = CrashingDatabase(topic: topic, base: base, crashes: crashes)
        }
        let parts = Parts(databases, world, clock, batchLimit: batchLimit, plan)
        self.parts = parts
        orders = try parts.service(.orders) { OrdersLogic(process, partition: $0) }
        warehouse = try parts.service(.warehouse) { WarehouseLogic(partition: $0) }
        shipping = try parts.service(.shipping) { ShippingLogic(partition: $0) }
    }

    /// The power of these services' processes fails and comes back: nothing is left of them but the files and the
    /// outside world's memory.
    func crash(_ services: [Topic]) throws {
        world.forgetCallers(services)
        parts.restart()
        for service in services {
            switch service {
            case .orders: orders = try parts.service(.orders) { [process] in OrdersLogic(process, partition: $0) }
            case .warehouse: warehouse = try parts.service(.warehouse) { WarehouseLogic(partition: $0) }
            case .shipping: shipping = try parts.service(.shipping) { ShippingLogic(partition: $0) }
            }
        }
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
        switch effect.key.kind.caller {
        case .shipping: shipping.mailbox.deliver(effect, outcome)
        case .orders, .warehouse: orders.mailbox.deliver(effect, outcome)
        }
    }

    func nextTimer() throws(Fault) -> Instant? {
        let timers = [try orders.nextTimer(), try warehouse.nextTimer(), try shipping.nextTimer()]
        return timers.compactMap { $0 }.min()
    }

    func reader(_ topic: Topic) throws(Fault) -> any DatabaseConnection {
        try parts.database(topic).connect(.read)
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

/// What the workers share: everything in one process, or no more than each other's logs.
private struct Parts {
    private let databases: [Topic: CrashingDatabase]
    private let world: SimulatedWorld
    private let clock: VirtualClock
    private let plan: SimulationPlan
    private let batchLimit: Int
    private var start: UInt64 = 0
    private var recent = RecentEvents(capacity: 64)

    init(
        _ databases: [Topic: CrashingDatabase], _ world: SimulatedWorld, _ clock: VirtualClock, batchLimit: Int,
        _ plan: SimulationPlan
    ) {
        self.databases = databases
        self.world = world
        self.clock = clock
        self.batchLimit = batchLimit
        self.plan = plan
    }

    /// Another life begins.
    mutating func restart() {
        start += 1
        recent = RecentEvents(capacity: 64)
    }

    func database(_ topic: Topic) -> CrashingDatabase {
        guard let database = databases[topic] else { preconditionFailure("no database of \(topic)") }
        return database
    }

    func service<Logic: ServiceLogic>(
        _ topic: Topic, _ logic: (Partition) -> Logic
    ) throws(Fault) -> SimulatedService<Logic> {
        let recent = plan.hasProcessPerService ? RecentEvents(capacity: 64) : recent
        let mailbox = ServiceMailbox(topic: topic, partitionCount: plan.partitions, routing: Logic.routing)
        var options = WorkerOptions(owner: "start-\(start)", batchLimit: batchLimit, formerOwnerIsGone: true)
        options.partitionCount = plan.partitions
        options.renewsIdleLease = false
        var workers: [Worker<Logic>] = []
        for number in 0..<plan.partitions {
            options.partition = number
            let log = RepeatingEventLog(
                LocalEventLog(databases: databases, recent: recent), seed: seed(topic, number))
            let worker = try Worker(
                logic(Partition(number, of: plan.partitions)), database: database(topic), log: log, recent: recent,
                effects: world, clock: clock, options: options)
            mailbox.open(number, worker.mailbox)
            workers.append(worker)
        }
        return SimulatedService(mailbox: mailbox, workers: workers)
    }

    /// Of a channel: another in each life, for each service and partition.
    private func seed(_ topic: Topic, _ partition: Int) -> UInt64 {
        plan.seed ^ start << 16 ^ UInt64(topic.rawValue.utf8.count) << 8 ^ UInt64(partition)
    }
}

extension EffectKind {
    /// Whose effects these are.
    var caller: Topic {
        switch self {
        case .bookShipment, .voidShipment: .shipping
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment, .sendMail, .deliverWebhook: .orders
        }
    }
}
