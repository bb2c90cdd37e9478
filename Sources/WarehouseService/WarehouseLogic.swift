import Contracts
import Kernel
import Ports
import Runtime
import Warehouse

/// Warehouse as a service: what Orders and Shipping say and what people and machines ask, decided on its own tables.
public final class WarehouseLogic: ServiceLogic {
    public typealias Command = WarehouseCommand
    public typealias Reply = WarehouseReply

    public let topic: Topic? = .warehouse
    public let subscriptions: [Topic] = [.orders, .shipping]
    public let migrations = WarehouseMigrations.all

    private static let holdTimer: Int64 = 1
    private static let parcelSequence = "parcels"
    private static let packageSequence = "packages"

    private let policy: WarehousePolicy
    private let partition: Partition
    /// Read from the tables at first use; numbers that a rolled-back batch took are not used again.
    private var ids: WarehouseIDs?

    public init(policy: WarehousePolicy = WarehousePolicy(), partition: Partition = .whole) {
        self.policy = policy
        self.partition = partition
    }

    /// Commands name work tasks and fulfillment orders, of which the order is not known before they are read: none
    /// waits behind a parked order.
    public func key(of command: WarehouseCommand) -> Int64? {
        switch command {
        case .adjustStock(let command): command.productID.rawValue
        case .transferStock(let command): command.productID.rawValue
        default: nil
        }
    }

    public func process(
        _ inputs: [Input<WarehouseCommand>], now: Instant, in database: any DatabaseConnection,
        outbox: inout Outbox<WarehouseReply>
    ) throws(Fault) {
        var state = WarehouseState(policy: policy, ids: try loadIDs(database))
        let parcels = state.ids.parcels
        try state.load(NamedEntities(inputs), now: now, from: database)
        state.expireHolds(now: now)
        for input in inputs {
            switch input {
            case .event(let envelope): try react(to: envelope.event, &state, now: now)
            case .command(let command, let slot): answer(command, slot, &state, &outbox, now: now)
            // A timer wakes the worker: the holds that are due were ended above, for every batch.
            case .timer: break
            case .outcome(let effect, _), .withdrawn(let effect):
                throw Fault("unknown_effect", retryable: false, "Warehouse performs none: \(effect.key)")
            }
        }
        let changes = state.takeChanges()
        try changes.save(to: database)
        ids = state.ids
        if state.ids.parcels != parcels { try saveParcels(state.ids.parcels, changes, database) }
        for event in changes.events { outbox.publish(.warehouse(event)) }
        for hold in changes.newHolds {
            outbox.setTimer(TimerKey(kind: Self.holdTimer, subject: hold.id.rawValue), dueAt: hold.expiresAt)
        }
        for hold in changes.closedHolds {
            outbox.cancelTimer(TimerKey(kind: Self.holdTimer, subject: hold.id.rawValue))
        }
    }

    private func loadIDs(_ database: any DatabaseConnection) throws(Fault) -> WarehouseIDs {
        if let ids { return ids }
        func sequence(_ name: String) throws(Fault) -> Int64 {
            try database.integer("SELECT value FROM sequences WHERE name = $1", [.text(own(name))])
        }
        return WarehouseIDs(
            site: try database.integer("SELECT max(id) FROM warehouses"),
            fulfillment: try database.integer("SELECT max(id) FROM fulfillments"),
            hold: try database.integer("SELECT max(id) FROM holds"), package: try sequence(Self.packageSequence),
            parcels: try sequence(Self.parcelSequence), in: partition)
    }

    /// Each partition counts for itself.
    private func own(_ sequence: String) -> String {
        partition.number == 0 ? sequence : "\(sequence)/\(partition.number)"
    }

    private func saveParcels(
        _ parcels: Int64, _ changes: WarehouseChanges, _ database: any DatabaseConnection
    ) throws(Fault) {
        let greatest = changes.packages.last.map(\.id.rawValue) ?? 0
        try database.executeLater(
            """
            INSERT INTO sequences (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [
                [.text(own(Self.parcelSequence)), .integer(parcels)],
                [.text(own(Self.packageSequence)), .integer(greatest)],
            ])
    }
}
