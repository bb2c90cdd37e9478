import Contracts
import Kernel
import OrdersService
import Ports
import Runtime
import SearchService
import ShippingService
import WarehouseService

/// All invariants over all services' databases.
enum SystemAudit {
    /// Of all services that have their tables here.
    ///
    /// - Throws: `store_empty` when none has; as ``DatabaseConnection`` says.
    static func run(_ folder: DataFolder) throws(Fault) -> [AuditCheck] { try run(folder, of: try folder.services()) }

    /// - Parameters:
    ///   - topics: whose services are looked at; what concerns two of them needs both.
    ///   - search: whether the search service is looked at too, where it has ever run.
    /// - Throws: as ``DatabaseConnection`` says.
    static func run(
        _ folder: DataFolder, of topics: [Topic], search: Bool = true
    ) throws(Fault) -> [AuditCheck] {
        var connections: [Topic: any DatabaseConnection] = [:]
        for topic in topics { connections[topic] = try folder.database(topic).connect(.read) }
        defer { for connection in connections.values { connection.close() } }
        var checks: [AuditCheck] = []
        for topic in topics {
            guard let connection = connections[topic] else { continue }
            // One moment of the database for all its checks.
            try connection.beginReading()
            defer { connection.rollback() }
            checks += try own(topic, connection) + RuntimeAudit.audit(topic, connection)
        }
        // Whoever listens is looked at before what it listens to: a cursor that is past a head read later is truly past.
        var positions: [Position] = []
        for (topic, connection) in connections.sorted(by: { $0.key < $1.key }) {
            positions += try Self.positions(topic.rawValue, connection)
        }
        if search, let state = try searchState(folder) {
            checks += state.checks
            positions += state.positions
            if let orders = connections[.orders] { checks.append(try state.summary.check(against: orders)) }
        }
        return checks + (try keys(folder)) + [try cursors(positions, connections)]
    }

    private struct SearchState {
        let checks: [AuditCheck]
        let positions: [Position]
        let summary: SearchAudit.Summary
    }

    /// - Returns: `nil` where nothing ever searched.
    private static func searchState(_ folder: DataFolder) throws(Fault) -> SearchState? {
        guard folder.exists(.search) else { return nil }
        let connection = try folder.search.connect(.read)
        defer { connection.close() }
        guard try connection.hasTable("folds") else { return nil }
        try connection.beginReading()
        defer { connection.rollback() }
        return SearchState(
            checks: try SearchAudit.audit(connection)
                + RuntimeAudit.audit(
                    listener: SearchLogic.serviceName, connection),
            positions: try positions(SearchLogic.serviceName, connection),
            summary: try SearchAudit.Summary(connection))
    }

    /// A folder that no server has opened yet has no keys, and so no log of theirs.
    private static func keys(_ folder: DataFolder) throws(Fault) -> [AuditCheck] {
        guard folder.exists(.access) else { return [] }
        let access = try folder.access.connect(.read)
        defer { access.close() }
        return try access.hasTable("audit_log") ? [try AuditLog.check("access", access)] : []
    }

    private static func own(_ topic: Topic, _ connection: any DatabaseConnection) throws(Fault) -> [AuditCheck] {
        switch topic {
        case .orders: try OrdersAudit(try ProcessFile.reader()).audit(connection)
        case .warehouse: try WarehouseAudit.audit(connection)
        case .shipping: try ShippingAudit.audit(connection)
        }
    }

    private struct Position {
        let subscriber: String
        let topic: Topic
        let partition: Int
        let position: Int64
    }

    private static func positions(_ name: String, _ database: any DatabaseConnection) throws(Fault) -> [Position] {
        try database.rows("SELECT topic, partition, position FROM cursors ORDER BY topic, partition") { row in
            Topic(rawValue: row.text(0)).map {
                Position(subscriber: name, topic: $0, partition: row.int(1), position: row.integer(2))
            }
        }.compactMap { $0 }
    }

    private static func cursors(
        _ positions: [Position], _ connections: [Topic: any DatabaseConnection]
    ) throws(Fault) -> AuditCheck {
        var offenders: [String] = []
        for entry in positions {
            guard let connection = connections[entry.topic] else { continue }
            let head = try LogTable.head(connection, partition: entry.partition)
            if entry.position > head {
                offenders.append(
                    "\(entry.subscriber) read \(entry.topic.rawValue) \(entry.partition) to \(entry.position) of "
                        + "\(head)")
            }
        }
        return AuditCheck(
            name: "no cursor is past its topic's head", figure: Int64(positions.count), offenders: offenders)
    }
}
