import Catalog
import Kernel
import Ports

extension OrdersQueries {
    public static func product(_ id: ProductID, _ database: any DatabaseConnection) throws(Fault) -> Product? {
        try database.first("SELECT \(ProductRow.columns) FROM products WHERE id = $1", [.id(id)]) {
            row throws(Fault) in try ProductRow.read(row)
        }
    }

    public static func product(sku: SKU, _ database: any DatabaseConnection) throws(Fault) -> Product? {
        try database.first("SELECT \(ProductRow.columns) FROM products WHERE sku = $1", [.text(sku.text)]) {
            row throws(Fault) in try ProductRow.read(row)
        }
    }

    /// Products, oldest first.
    ///
    /// - Parameters:
    ///   - after: the last product of the page before.
    ///   - limit: 1–200 for callers outside.
    public static func products(
        after: ProductID? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [Product] {
        try database.rows(
            "SELECT \(ProductRow.columns) FROM products WHERE id > $1 ORDER BY id LIMIT $2",
            [.integer(after?.rawValue ?? 0), .int(limit)]
        ) { row throws(Fault) in try ProductRow.read(row) }
    }
}
