import Kernel
import Orders
import Ports

/// The table `order_lines`: written once.
enum LineRow {
    static let ofOrder = """
        SELECT order_id, line, product_id, label, quantity, unit_price, allocated FROM order_lines
        WHERE order_id = $1 ORDER BY line
        """

    static let insert = """
        INSERT INTO order_lines (order_id, line, product_id, label, quantity, unit_price, allocated)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """

    static func insertion(_ line: OrderLine, of order: OrderID) -> [SQLValue] {
        let product: SQLValue
        if case .goods(let id, _) = line.item { product = .id(id) } else { product = .null }
        return [
            .id(order), .int(line.number), product, .text(line.label), .int(line.quantity), .integer(line.unitPrice),
            .integer(line.allocated),
        ]
    }

    static func read(_ row: any SQLRow) throws(Fault) -> OrderLine {
        let item: OrderLine.Item
        if let product = row.optionalID(2, ProductKind.self) {
            guard let sku = SKU(row.text(3)) else {
                throw Fault("malformed_row", retryable: false, "line \(row.integer(0)).\(row.integer(1))")
            }
            item = .goods(product, sku)
        } else {
            item = .charge(label: row.text(3))
        }
        return OrderLine(
            number: row.int(1), item: item, quantity: row.int(4), unitPrice: row.integer(5), allocated: row.integer(6))
    }
}
