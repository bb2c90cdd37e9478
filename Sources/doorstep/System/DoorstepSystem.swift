import Contracts
import Foundation
import Gateways
import Kernel
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

/// The whole system in one process: three services on their store, their effects, and the floor's staff.
///
/// Read it from top to bottom: this is where every part meets every other.
final class DoorstepSystem: Sendable {
    let folder: DataFolder
    let clock: SystemClock
    /// As which this process holds its leases.
    let owner: String
    let orders: StartedService<OrdersLogic>
    let warehouse: StartedService<WarehouseLogic>
    let shipping: StartedService<ShippingLogic>
    let effects: EffectRunner
    /// What the services of this process commit.
    let recent: RecentEvents
    let carriers: EventCarriers
    private let staff: Staff?
    private let announced: AnnouncedCommits
    let lock: DataFolderLock

    /// Locks the folder, brings the databases up to date, and starts everything.
    ///
    /// - Parameters:
    ///   - gateway: `nil` calls nobody: what is to be called stays as it is for the next start.
    ///   - storage: stands between a service and its database; a benchmark measures there.
    ///   - announced: called when another process has committed something, as far as the store tells of it.
    /// - Throws: `already_running`, `data_folder_unusable`, `file_missing`, and what opening a database throws.
    static func start(
        _ configuration: SystemConfiguration, gateway: (any EffectGateway)?, observers: [any CommitObserver],
        storage: @escaping @Sendable (Topic, any Database) -> any Database = { $1 },
        announced: @escaping @Sendable (Topic) -> Void = { _ in }
    ) async throws(Fault) -> DoorstepSystem {
        Allocator.giveBackWhenIdle()
        // Where everything is kept, and what the services decide by.
        let folder = try configuration.folder()
        let lock = try folder.lock(isShared: configuration.sharingInForce != nil)
        let clock = SystemClock()
        let logics = try ServiceLogics(configuration)
        let partitions = try logics.prepare(folder, now: clock.now)

        // Calls to the outside, made for the partitions of this process alone; their outcomes go back to the service
        // that decided them.
        let router = OutcomeRouter()
        let tenures = Tenures()
        let effects = EffectRunner(
            gateway: gateway ?? IdleGateway(), clock: clock,
            options: EffectRunner.Options(seed: UInt64(clock.now.milliseconds)),
            isOurs: { tenures.hold($0, at: $1) }
        ) { router.report($0, $1) }
        // A stopped runner drops what it is given, which then waits in the tables as it was.
        if gateway == nil { _ = await effects.stop(within: .zero) }

        // What carries events between the services.
        let databases: [Topic: any Database] = Dictionary(
            uniqueKeysWithValues: configuration.readableTopics.map { ($0, storage($0, folder.database($0))) })
        let recent = RecentEvents(capacity: configuration.recentEvents)
        let carriers = try EventCarriers(
            configuration, databases: databases, recent: recent, partitions: partitions, clock: clock)

        // The services of this process's roles, each with a worker per partition on a thread of its own.
        let parts = SystemParts(
            roles: configuration.roles, partitions: partitions, database: { storage($0, folder.database($0)) },
            carriers: carriers, clock: clock, wakeups: Wakeups(), tenures: tenures,
            recent: recent, effects: effects,
            forgetEffects: { topic, partition in
                effects.forget { $0.partition == partition && OutcomeRouter.owner(of: $0.key.kind) == topic }
            },
            observers: observers, owner: Self.owner(configuration, clock), sharing: configuration.sharingInForce,
            retention: configuration.retention,
            onFault: { topic, fault in Terminal.tell("\(topic.rawValue) stopped: \(fault)") })
        let orders = try await StartedService.start(.orders, parts, makeLogic: logics.orders)
        let warehouse = try await StartedService.start(.warehouse, parts, makeLogic: logics.warehouse)
        let shipping = try await StartedService.start(.shipping, parts, makeLogic: logics.shipping)
        router.connect(.orders) { orders.mailbox.deliver($0, $1) }
        router.connect(.shipping) { shipping.mailbox.deliver($0, $1) }
        let listening = AnnouncedCommits(
            configuration.sharingInForce == nil ? [] : configuration.readableTopics, of: folder, owner: parts.owner,
            parts.wakeups, tell: announced)

        // The floor's staff, where machines do the work of people.
        let staff = (configuration.roles.contains(.warehouse) ? configuration.staff : nil).map { delays in
            Staff(
                AutoWorker(
                    delays: delays, faults: AutoWorker.Faults(shortPickFraction: configuration.shortPickFraction)),
                database: folder.database(.warehouse), mailbox: warehouse.mailbox, clock: clock)
        }
        return DoorstepSystem(
            folder: folder, clock: clock, owner: parts.owner, orders: orders, warehouse: warehouse, shipping: shipping,
            effects: effects, recent: recent, carriers: carriers, staff: staff, announced: listening, lock: lock)
    }

    /// Unique per start, and readable where `doorstep cluster` shows it.
    private static func owner(_ configuration: SystemConfiguration, _ clock: SystemClock) -> String {
        let place = configuration.sharingInForce.map(\.address) ?? ""
        return
            "\(place.isEmpty ? "process" : place)#\(ProcessInfo.processInfo.processIdentifier)-\(clock.now.milliseconds)"
    }

    private init(
        folder: DataFolder, clock: SystemClock, owner: String, orders: StartedService<OrdersLogic>,
        warehouse: StartedService<WarehouseLogic>, shipping: StartedService<ShippingLogic>, effects: EffectRunner,
        recent: RecentEvents, carriers: EventCarriers, staff: Staff?, announced: AnnouncedCommits,
        lock: DataFolderLock
    ) {
        self.folder = folder
        self.clock = clock
        self.owner = owner
        self.orders = orders
        self.warehouse = warehouse
        self.shipping = shipping
        self.effects = effects
        self.recent = recent
        self.carriers = carriers
        self.staff = staff
        self.announced = announced
        self.lock = lock
    }

    /// Stops within seconds: nothing new begins, what is in flight ends, the leases are given back.
    func stop() async {
        staff?.stop()
        announced.stop()
        let cancelled = await effects.stop(within: .seconds(5))
        if cancelled > 0 { Terminal.tell("\(cancelled) calls were cut off; they are looked up at the next start") }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [orders] in await orders.stop(within: .seconds(5)) }
            group.addTask { [warehouse] in await warehouse.stop(within: .seconds(5)) }
            group.addTask { [shipping] in await shipping.stop(within: .seconds(5)) }
        }
        // What is not published yet, whoever owns the partition next publishes.
        await OwnThread.run { [carriers] in carriers.stop() }
    }
}
