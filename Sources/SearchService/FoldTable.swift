import Kernel
import Ports

/// The table `folds`: what the log says of each order, and in which order folds changed.
enum FoldTable {
    private static let positionBits: Int64 = 48

    static func firstChange(_ partition: Int) -> Int64 { Int64(partition) << positionBits }

    static func load(_ orders: [Int64], _ database: any DatabaseConnection) throws(Fault) -> [Int64: OrderFold] {
        var folds: [Int64: OrderFold] = [:]
        try database.queryEach(
            "SELECT order_id, fold FROM folds WHERE order_id = $1", orders.map { [.integer($0)] }
        ) { row throws(Fault) in folds[row.integer(0)] = try OrderFold(stored: row.bytes(1)) }
        return folds
    }

    /// Stores folds that changed, each with a change of its own, dense and in order.
    static func save(
        _ folds: [Int64: OrderFold], partition: Int, _ database: any DatabaseConnection
    ) throws(Fault) {
        try database.execute(
            """
            INSERT INTO changes (partition, last) VALUES ($1, $2)
            ON CONFLICT (partition) DO UPDATE SET last = changes.last + excluded.last
            """, [.int(partition), .int(folds.count)])
        let last = try database.integer("SELECT last FROM changes WHERE partition = $1", [.int(partition)])
        var change = firstChange(partition) + last - Int64(folds.count)
        var rows: [[SQLValue]] = []
        rows.reserveCapacity(folds.count)
        for (order, fold) in folds.sorted(by: { $0.key < $1.key }) {
            change += 1
            rows.append([
                .integer(order), .integer(change), .bool(fold.placedAt != nil),
                .text(String(decoding: fold.stored, as: UTF8.self)),
            ])
        }
        try database.executeEach(
            """
            INSERT INTO folds (order_id, change, placed, fold) VALUES ($1, $2, $3, $4)
            ON CONFLICT (order_id) DO UPDATE
                SET change = excluded.change, placed = excluded.placed, fold = excluded.fold
            """, rows)
    }

    /// An order's fold and the change that made it what it is.
    struct Changed: Sendable {
        let orderID: OrderID
        let change: Int64
        /// `nil` when its row cannot be read: it stops no other.
        var fold: OrderFold?

        init(orderID: OrderID, change: Int64, stored bytes: [UInt8]) {
            self.orderID = orderID
            self.change = change
            do throws(Fault) { fold = try OrderFold(stored: bytes) } catch { fold = nil }
        }
    }

    /// Puts right a fold that has not changed since it was read.
    static func mend(_ folds: [MendedFold], partition: Int, _ database: any DatabaseConnection) throws(Fault) {
        let first = firstChange(partition)
        try database.executeEach(
            "UPDATE folds SET fold = $3, placed = $4 WHERE order_id = $1 AND change = $2",
            folds.map { mended in
                [
                    .id(mended.orderID), .integer(first + mended.change),
                    .text(String(decoding: mended.fold.stored, as: UTF8.self)), .bool(mended.fold.placedAt != nil),
                ]
            })
    }

    /// Folds that changed after a position of one partition, in the order of their latest changes.
    static func changed(
        after position: Int64, partition: Int, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [Changed] {
        let first = firstChange(partition)
        return try database.rows(
            "SELECT order_id, change, fold FROM folds WHERE change > $1 AND change < $2 ORDER BY change LIMIT $3",
            [.integer(first + position), .integer(firstChange(partition + 1)), .int(limit)]
        ) { row in
            Changed(orderID: row.id(0), change: row.integer(1) - first, stored: row.bytes(2))
        }
    }

    /// The last change of each partition.
    static func heads(_ database: any DatabaseConnection) throws(Fault) -> [Int: Int64] {
        var heads: [Int: Int64] = [:]
        try database.query("SELECT partition, last FROM changes", []) { row in heads[row.int(0)] = row.integer(1) }
        return heads
    }

    /// How many folds an index that was written up to a position lacks.
    static func unwritten(
        after position: Int64, partition: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> Int64 {
        let first = firstChange(partition)
        return try database.integer(
            "SELECT count(*) FROM folds WHERE change > $1 AND change < $2",
            [.integer(first + position), .integer(firstChange(partition + 1))])
    }

    /// How many documents an index that was written up to a position has at least.
    static func written(
        upTo position: Int64, partition: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> Int64 {
        let first = firstChange(partition)
        return try database.integer(
            "SELECT count(*) FROM folds WHERE change > $1 AND change <= $2 AND placed = 1",
            [.integer(first), .integer(first + position)])
    }
}

/// A fold as the log says, in place of a stored one that says something else.
public struct MendedFold: Sendable, Equatable {
    public let orderID: OrderID
    let change: Int64
    let fold: OrderFold
}

/// Up to which change of a partition an index was written.
public struct IndexPosition: Sendable, Equatable {
    public let index: IndexName
    public let partition: Int
    public let position: Int64

    public init(index: IndexName, partition: Int, position: Int64) {
        self.index = index
        self.partition = partition
        self.position = position
    }
}

enum IndexPositions {
    /// A position that was noted never goes back: whatever was written later is there.
    static func note(_ position: IndexPosition, _ database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            """
            INSERT INTO index_positions (index_name, partition, position) VALUES ($1, $2, $3)
            ON CONFLICT (index_name, partition) DO UPDATE SET position = excluded.position
            WHERE index_positions.position < excluded.position
            """, [.text(position.index.text), .int(position.partition), .integer(position.position)])
    }

    static func read(_ index: IndexName, _ database: any DatabaseConnection) throws(Fault) -> [Int: Int64] {
        var positions: [Int: Int64] = [:]
        try database.query(
            "SELECT partition, position FROM index_positions WHERE index_name = $1", [.text(index.text)]
        ) { row in positions[row.int(0)] = row.integer(1) }
        return positions
    }
}
