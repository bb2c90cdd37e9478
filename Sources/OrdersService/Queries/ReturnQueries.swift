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
        orderID = order.id
        self.customerReturn = customerReturn
        refunded = order.money(customerReturn.refunded)
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
}

extension OrderView {
    /// The oldest first.
    public var returns: [ReturnView] { order.returns.map { ReturnView(order, $0) } }
}
