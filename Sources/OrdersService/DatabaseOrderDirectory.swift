import Kernel
import Orders
import Ports
import Runtime

/// Looks orders up in Orders' tables.
public struct DatabaseOrderDirectory: OrderDirectory {
    private let pool: ReadPool

    public init(_ pool: ReadPool) { self.pool = pool }

    public func facts(of orders: [OrderID]) async throws(Fault) -> [OrderID: OrderFacts] {
        try await pool.read { database throws(Fault) in try OrdersQueries.facts(of: orders, database) }
    }
}

extension OrdersQueries {
    /// What only Orders knows of orders; one that is not known is missing.
    public static func facts(
        of orders: [OrderID], _ database: any DatabaseConnection
    ) throws(Fault) -> [OrderID: OrderFacts] {
        let keys: [[SQLValue]] = orders.map { [.id($0)] }
        var lines: [Int64: [OrderFacts.Line]] = [:]
        try database.queryEach(
            """
            SELECT order_lines.order_id, order_lines.product_id, order_lines.label, order_lines.quantity, products.name
            FROM order_lines LEFT JOIN products ON products.id = order_lines.product_id
            WHERE order_lines.order_id = $1 ORDER BY order_lines.line
            """, keys
        ) { row in
            let isProduct = !row.isNull(1)
            lines[row.integer(0), default: []].append(
                OrderFacts.Line(
                    sku: isProduct ? row.text(2) : nil, name: row.optionalText(4) ?? row.text(2), quantity: row.int(3)))
        }
        var facts: [OrderID: OrderFacts] = [:]
        try database.queryEach(
            """
            SELECT orders.id, orders.number, orders.customer, orders.currency, orders.total, recipients.name,
                recipients.city
            FROM orders LEFT JOIN recipients ON recipients.order_id = orders.id WHERE orders.id = $1
            """, keys
        ) { row throws(Fault) in
            guard let currency = Currency(row.text(3)) else {
                throw Fault("malformed_row", retryable: false, "order \(row.integer(0))")
            }
            facts[row.id(0)] = OrderFacts(
                number: row.optionalText(1), customer: row.text(2), total: Money(row.integer(4), currency),
                lines: lines[row.integer(0)] ?? [], name: row.optionalText(5), city: row.optionalText(6))
        }
        return facts
    }
}
