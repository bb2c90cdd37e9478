import BPMN
import Kernel
import Orders
import OrdersService
import Ports

extension Audited {
    /// How an order stood, without anything about its customer.
    static func order(_ id: OrderID) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            guard let order = try OrdersQueries.order(id, database)?.order else { return "" }
            return text(of: order)
        }
    }

    /// An order for the audit log.
    public static func text(of order: Order) -> String {
        JSONWriter.text { json in
            json.member("id", order.id)
            json.member("status", order.state.name)
            json.member("payment_status", order.paymentStatus.rawValue)
            json.member("fulfillment_status", order.fulfillmentStatus.rawValue)
            json.member("cancellation", order.cancellation.status.name)
            json.member("total", order.total)
        }
    }

    /// What stopped, and where.
    static func incident(
        _ place: IncidentPlace
    ) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            let former = IncidentPlace(
                orderID: place.orderID, key: IncidentKey(rawValue: place.key.rawValue - 1))
            let found = try OrdersQueries.incidents(after: former, limit: 1, database).first
            guard let found, found.place == place else { return "" }
            return JSONWriter.text { $0.write(found) }
        }
    }
}
