import Kernel
import Orders
import Ports

extension OrdersBatch {
    /// Forgets who an order went to: the row with name, address and e-mail is deleted. Doing so again changes nothing.
    func eraseRecipient(_ id: OrderID, _ slot: Int) throws(Fault) {
        guard let saga = sagas[id.rawValue] else { return outbox.reject(slot, OrdersRejection.orderNotFound) }
        try database.execute("DELETE FROM recipients WHERE order_id = $1", [.id(id)])
        saga.order.hasEmail = false
        outbox.reply(slot, .done)
    }
}
