import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import Shipping
import ShippingService
import Warehouse
import WarehouseService

/// How the system stands: counts for the dashboard and for monitoring.
public struct SystemFigures: Sendable {
    public var orders: [OrderState: Int64] = [:]
    public var openWork: [FulfillmentStep: Int] = [:]
    /// By status; those that do not occur are left out.
    public var shipments: [(status: Shipping.ShipmentStatus, count: Int64)] = []
    /// The last position of each topic, over all partitions.
    public var heads: [Topic: Int64] = [:]
    /// How many events of a topic a service has not reacted to yet.
    public var lag: [(service: ParkingService, topic: Topic, events: Int64)] = []
    /// Calls to the outside that have not ended.
    public var pendingEffects: [(service: Topic, kind: String, count: Int64)] = []
    /// Inputs that wait for a person.
    public var deadLetters: [ParkingService: Int64] = [:]
    /// Who owns which partition.
    public var ownerships: [(service: Topic, ownership: NodeTable.Ownership)] = []

    /// Services that other processes run are left out: their processes tell.
    ///
    /// - Throws: a problem when a service's store cannot be read.
    public static func read(_ services: APIServices) async throws(Problem) -> SystemFigures {
        var figures = SystemFigures()
        let orders = try await services.orders.reads.askIfHere { database throws(Fault) in
            try OrdersQueries.counts(database)
        }
        figures.orders = orders ?? [:]
        let openWork = try await services.warehouse.reads.askIfHere { database throws(Fault) in
            try WarehouseQueries(database).openWork()
        }
        figures.openWork = openWork ?? [:]
        let queries = services.shippingQueries
        let shipments = try await services.shipping.reads.askIfHere { database throws(Fault) in
            try queries.counts(database).byStatus
        }
        figures.shipments = shipments ?? []
        var cursors: [(service: ParkingService, topic: Topic, position: Int64)] = []
        // Cursors before heads: a lag is then too large for a moment rather than negative.
        for topic in Topic.allCases where services.isHere(topic) {
            let runtime = try await services.reads(topic).ask { database throws(Fault) in
                try RuntimeFigures.read(database)
            }
            let service = ParkingService(topic)
            cursors += runtime.cursors.map { (service, $0.topic, $0.position) }
            figures.pendingEffects += runtime.effects.map { (topic, $0.kind, $0.count) }
            figures.deadLetters[service] = runtime.deadLetters
            figures.ownerships += runtime.ownerships.map { (topic, $0) }
        }
        if let search = services.search {
            let runtime = try await search.reads.ask { database throws(Fault) in try RuntimeFigures.read(database) }
            cursors += runtime.cursors.map { (.search, $0.topic, $0.position) }
            figures.deadLetters[.search] = runtime.deadLetters
        }
        for topic in Topic.allCases where services.isHere(topic) {
            figures.heads[topic] = try await services.reads(topic).ask { database throws(Fault) in
                try database.integer("SELECT sum(position) FROM heads")
            }
        }
        figures.lag = cursors.compactMap { cursor in
            figures.heads[cursor.topic].map { (cursor.service, cursor.topic, $0 - cursor.position) }
        }
        return figures
    }
}

/// What the runtime's own tables of one service say.
struct RuntimeFigures: Sendable {
    var cursors: [(topic: Topic, position: Int64)] = []
    var effects: [(kind: String, count: Int64)] = []
    var deadLetters: Int64 = 0
    var ownerships: [NodeTable.Ownership] = []

    static func read(_ database: any DatabaseConnection) throws(Fault) -> RuntimeFigures {
        var figures = RuntimeFigures()
        try database.query("SELECT topic, sum(position) FROM cursors GROUP BY topic ORDER BY topic", []) { row in
            if let topic = Topic(rawValue: row.text(0)) { figures.cursors.append((topic, row.integer(1))) }
        }
        try database.query(
            "SELECT kind, count(*) FROM effects WHERE status = 0 GROUP BY kind ORDER BY kind", []
        ) { row in
            if let kind = EffectKind(rawValue: row.integer(0)) { figures.effects.append((kind.name, row.integer(1))) }
        }
        figures.deadLetters = try database.integer(
            "SELECT count(*) FROM dead_letters WHERE discarded_because IS NULL")
        figures.ownerships = try NodeTable.ownerships(database)
        return figures
    }
}
