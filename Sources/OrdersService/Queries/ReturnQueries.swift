import Kernel
import Orders
import Ports

/// A customer's return for whoever asks.
public struct ReturnView: Sendable, Equatable {
    public let orderID: OrderID
    public let customerReturn: OrderReturn
    /// What was given back.
    public let refunded: Money

    init(_ order: Order, _ customerReturn: OrderReturn) {
        self.init(customerReturn, of: order.id, order.currency)
    }

    init(_ customerReturn: OrderReturn, of orderID: OrderID, _ currency: Currency) {
        self.orderID = orderID
        self.customerReturn = customerReturn
        refunded = Money(customerReturn.refunded, currency)
    }
}

extension OrdersQueries {
    /// - Returns: `nil` when there is no such return.
    public static func customerReturn(
        _ id: ReturnID, _ database: any DatabaseConnection
    ) throws(Fault) -> ReturnView? {
        let orderID = try database.first("SELECT order_id FROM returns WHERE id = $1", [.id(id)]) { row in
            row.id(0, OrderKind.self)
        }
        guard let orderID, let order = try order(orderID, database)?.order,
            let found = order.returns.first(where: { $0.id == id })
        else { return nil }
        return ReturnView(order, found)
    }

    /// Returns of all orders, the oldest first.
    ///
    /// - Parameters:
    ///   - status: `nil` for all.
    ///   - after: the last return of the page before.
    ///   - limit: 1–200.
    /// - Complexity: O(limit), over an index.
    public static func returns(
        status: OrderReturn.Status? = nil, after: ReturnID? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [ReturnView] {
        let condition = status == nil ? "" : "status = $3 AND"
        return try database.rows(
            """
            SELECT \(ReturnRow.columns), (SELECT currency FROM orders WHERE orders.id = order_id) FROM returns
            WHERE \(condition) id > $1 ORDER BY id LIMIT $2
            """, [.integer(after?.rawValue ?? 0), .int(limit)] + (status.map { [.integer($0.rawValue)] } ?? [])
        ) { row throws(Fault) in
            guard let currency = Currency(row.text(13)) else {
                throw Fault("malformed_row", retryable: false, "return \(row.integer(1))")
            }
            return ReturnView(try ReturnRow.read(row), of: row.id(0), currency)
        }
    }
}

extension OrderView {
    /// The oldest first.
    public var returns: [ReturnView] { order.returns.map { ReturnView(order, $0) } }
}
