import Contracts
import Kernel
import Ports
import Runtime

/// The search service's share of the invariants. Whether its index says the same is for ``IndexComparison``.
public enum SearchAudit {
    /// - Throws: as ``DatabaseConnection`` says.
    public static func audit(_ database: any DatabaseConnection) throws(Fault) -> [AuditCheck] {
        [try changesAreCounted(database), try positionsAreReached(database)]
    }

    /// An order's fold carries its latest change, and the last change of all is some order's: else an index would be
    /// told of a change that it never sees, or not be told of one.
    private static func changesAreCounted(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var offenders: [String] = []
        try database.query(
            """
            SELECT partition, last,
                (SELECT coalesce(max(change) - changes.partition * 281474976710656, 0) FROM folds
                    WHERE change > changes.partition * 281474976710656
                        AND change < (changes.partition + 1) * 281474976710656)
            FROM changes ORDER BY partition
            """, []
        ) { row in
            if row.integer(1) != row.integer(2) {
                offenders.append(
                    "partition \(row.integer(0)): \(row.integer(1)) changes are counted, the last fold's is "
                        + "\(row.integer(2))")
            }
        }
        return AuditCheck(
            name: "search: the last change is a fold's", figure: try database.integer("SELECT count(*) FROM folds"),
            offenders: offenders)
    }

    private static func positionsAreReached(_ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        let offenders = try database.rows(
            """
            SELECT index_name, index_positions.partition, position, coalesce(last, 0) FROM index_positions
            LEFT JOIN changes ON changes.partition = index_positions.partition
            WHERE position > coalesce(last, 0) ORDER BY index_name, index_positions.partition LIMIT 10
            """
        ) { "\($0.text(0)) is written up to change \($0.integer(2)) of \($0.integer(3)) of partition \($0.integer(1))" }
        return AuditCheck(
            name: "search: no index is ahead of the folds",
            figure: try database.integer("SELECT count(*) FROM index_positions"), offenders: offenders)
    }

    /// What the service has of Orders, as of one moment.
    public struct Summary: Sendable {
        private let cursors: [Int: Int64]
        private let placed: Int64

        /// - Throws: as ``DatabaseConnection`` says.
        public init(_ database: any DatabaseConnection) throws(Fault) {
            var cursors: [Int: Int64] = [:]
            try database.query(
                "SELECT partition, position FROM cursors WHERE topic = $1", [.text(Topic.orders.rawValue)]
            ) { row in cursors[row.int(0)] = row.integer(1) }
            self.cursors = cursors
            placed = try database.integer("SELECT count(*) FROM folds WHERE placed = 1")
        }

        /// Every order has its fold, once its events are read; where the beginning of the log is gone, none has two.
        ///
        /// - Parameter orders: Orders' own, read after the summary was.
        /// - Throws: as ``DatabaseConnection`` says.
        public func check(against orders: any DatabaseConnection) throws(Fault) -> AuditCheck {
            // An order and its event come in one commit: both are looked at as of one moment.
            try orders.beginReading()
            defer { orders.rollback() }
            var isRead = true
            var isWhole = true
            try orders.query("SELECT partition, position FROM heads", []) { row in
                isRead = isRead && cursors[row.int(0)] ?? 0 == row.integer(1)
            }
            for partition in cursors.keys where try RemovalTable.upTo(.events, orders, partition: partition) > 0 {
                isWhole = false
            }
            let count = try orders.integer("SELECT count(*) FROM orders")
            let holds = isRead && isWhole ? placed == count : placed <= count
            return AuditCheck(
                name: isRead && isWhole
                    ? "search: every order has its fold" : "search: no fold is without its order", figure: placed,
                offenders: holds ? [] : ["\(placed) folds of \(count) orders"])
        }
    }
}
