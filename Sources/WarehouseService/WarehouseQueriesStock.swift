import Kernel
import Ports
import Warehouse

/// The stock of a product in a warehouse, for people.
public struct StockView: Sendable, Equatable {
    public let stock: Stock
    public let sku: String
    public let productName: String

    public var allowedActions: [String] {
        stock.available > 0 ? ["receive", "adjust", "transfer"] : ["receive", "adjust"]
    }
}

extension WarehouseQueries {
    private static let stockSelection =
        "SELECT " + WarehouseRows.stockColumns + ", p.sku, p.name FROM stock LEFT JOIN products p ON p.id = product "

    private static func view(_ row: any SQLRow) -> StockView {
        StockView(stock: WarehouseRows.stock(row), sku: row.text(12), productName: row.text(13))
    }

    /// A page of stock by product, then warehouse; of one warehouse if given.
    public func stock(
        in warehouse: WarehouseID? = nil, after: StockKey? = nil, limit: Int
    ) throws(Fault) -> [StockView] {
        try database.rows(
            Self.stockSelection
                + """
                WHERE (product > $1 OR (product = $1 AND warehouse > $2)) AND ($3 = 0 OR warehouse = $3)
                ORDER BY product, warehouse LIMIT $4
                """,
            [
                .integer(after?.productID.rawValue ?? 0), .integer(after?.warehouseID.rawValue ?? 0),
                .integer(warehouse?.rawValue ?? 0), .int(limit.asPageSize),
            ], Self.view)
    }

    /// A product's stock in every warehouse that ever had it.
    public func stock(of product: ProductID) throws(Fault) -> [StockView] {
        try database.rows(
            Self.stockSelection + "WHERE product = $1 ORDER BY warehouse", [.id(product)], Self.view)
    }

    public func stock(_ key: StockKey) throws(Fault) -> StockView? {
        try database.first(
            Self.stockSelection + "WHERE product = $1 AND warehouse = $2", [.id(key.productID), .id(key.warehouseID)],
            Self.view)
    }

    /// What can be promised of a product now, in all warehouses together: holds whose time ran out do not count.
    public func available(_ product: ProductID, now: Instant) throws(Fault) -> Int {
        let available = try stock(of: product).reduce(0) { $0 + $1.stock.available }
        let expired = try database.integer(
            """
            SELECT sum(l.quantity) FROM holds h JOIN hold_lines l ON l.hold = h.id
            WHERE h.status = 1 AND h.expires_at <= $1 AND l.product = $2
            """, [.instant(now), .id(product)])
        return available + Int(expired)
    }

    /// The product with this SKU.
    public func product(sku: String) throws(Fault) -> ProductFacts? {
        try database.first(
            "SELECT id, sku, name, weight_grams FROM products WHERE sku = $1 ORDER BY id DESC", [.text(sku)]
        ) { ProductFacts(id: $0.id(0), sku: $0.text(1), name: $0.text(2), weightGrams: $0.int(3)) }
    }

    /// A page of a ledger, newest first.
    /// - Parameter before: the number of the last entry of the page before.
    public func ledger(_ key: StockKey, before: Int? = nil, limit: Int) throws(Fault) -> [LedgerEntry] {
        try database.rows(
            """
            SELECT number, kind, counter, quantity, document_kind, document, reference, actor, reverses, occurred_at
            FROM ledger WHERE product = $1 AND warehouse = $2 AND number < $3 ORDER BY number DESC LIMIT $4
            """,
            [
                .id(key.productID), .id(key.warehouseID), .integer(before.map { Int64($0) } ?? .max),
                .int(limit.asPageSize),
            ]
        ) { row throws(Fault) in
            guard let kind = LedgerKind(rawValue: row.integer(1)), let counter = StockCounter(rawValue: row.integer(2))
            else { throw WarehouseRows.unreadable("ledger", row.integer(0)) }
            return LedgerEntry(
                key: key, number: row.int(0), kind: kind, counter: counter, quantity: row.int(3),
                document: try Self.document(row), actor: row.optionalText(7),
                reverses: row.optionalInteger(8).map { Int($0) }, occurredAt: row.instant(9))
        }
    }

    private static func document(_ row: any SQLRow) throws(Fault) -> LedgerDocument {
        switch row.integer(4) {
        case 1: .fulfillment(row.id(5))
        case 2: .hold(row.id(5))
        case 3: .reference(row.text(6))
        default: throw WarehouseRows.unreadable("ledger", row.integer(0))
        }
    }
}
