import Contracts
import Kernel
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

/// All invariants over all services' databases.
enum SystemAudit {
    /// Of all services that have their tables here.
    ///
    /// - Throws: `store_empty` when none has; as ``DatabaseConnection`` says.
    static func run(_ folder: DataFolder) throws(Fault) -> [AuditCheck] { try run(folder, of: try folder.services()) }

    /// - Parameter topics: whose services are looked at; what concerns two of them needs both.
    /// - Throws: as ``DatabaseConnection`` says.
    static func run(_ folder: DataFolder, of topics: [Topic]) throws(Fault) -> [AuditCheck] {
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
        return checks + (try keys(folder)) + (try cursors(connections))
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

    /// Cursors are read before heads: a subscriber that is past a head read later is truly past it.
    private static func cursors(_ connections: [Topic: any DatabaseConnection]) throws(Fault) -> [AuditCheck] {
        var positions: [(subscriber: Topic, topic: Topic, partition: Int, position: Int64)] = []
        for (subscriber, connection) in connections.sorted(by: { $0.key < $1.key }) {
            try connection.query("SELECT topic, partition, position FROM cursors ORDER BY topic, partition", []) {
                row in
                guard let topic = Topic(rawValue: row.text(0)) else { return }
                positions.append((subscriber, topic, row.int(1), row.integer(2)))
            }
        }
        var offenders: [String] = []
        for entry in positions {
            guard let connection = connections[entry.topic] else { continue }
            let head = try LogTable.head(connection, partition: entry.partition)
            if entry.position > head {
                offenders.append(
                    "\(entry.subscriber.rawValue) read \(entry.topic.rawValue) \(entry.partition) to \(entry.position) of "
                        + "\(head)")
            }
        }
        return [
            AuditCheck(
                name: "no cursor is past its topic's head", figure: Int64(positions.count), offenders: offenders)
        ]
    }
}
