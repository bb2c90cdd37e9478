import Kernel
import Ports
import Warehouse

/// What people and programs ask of Warehouse's tables.
///
/// Reads only, over a connection of the caller's thread. Lists go by key: give the last element of a page to get the
/// next. A limit is 1–200. All methods throw as `DatabaseConnection` says, and `malformed_row`.
public struct WarehouseQueries {
    let database: any DatabaseConnection

    public init(_ database: any DatabaseConnection) { self.database = database }

    /// All warehouses, oldest first.
    public func warehouses() throws(Fault) -> [WarehouseSite] { try WarehouseRows.sites(database) }

    public func warehouse(_ id: WarehouseID) throws(Fault) -> WarehouseSite? {
        try warehouses().first { $0.id == id }
    }

    /// A page of holds, oldest first.
    public func holds(after: HoldID? = nil, limit: Int) throws(Fault) -> [Hold] {
        let ids: [HoldID] = try database.rows(
            "SELECT id FROM holds WHERE id > $1 ORDER BY id LIMIT $2",
            [.integer(after?.rawValue ?? 0), .int(limit.asPageSize)]
        ) { $0.id(0) }
        return try WarehouseRows.holds(ids, database)
    }

    public func hold(_ id: HoldID) throws(Fault) -> Hold? { try WarehouseRows.holds([id], database).first }

    /// A customer's return that is expected, or has come.
    public func expectedReturn(_ id: ReturnID) throws(Fault) -> ExpectedReturn? {
        try WarehouseRows.returns("id = $1", [.id(id)], database).first
    }
}

extension Int {
    /// Within 1–200.
    var asPageSize: Int { Swift.min(200, Swift.max(1, self)) }
}
