import Contracts
import Kernel
import Orders
import Ports

extension OrdersBatch {
    /// Forgets who an order went to: the row with name, address and e-mail is deleted, and copies of it
    /// elsewhere are told by an event. Doing so again changes nothing.
    func eraseRecipient(_ id: OrderID, _ slot: Int) throws(Fault) {
        guard let saga = sagas[id.rawValue] else { return outbox.reject(slot, OrdersRejection.orderNotFound) }
        let erased = try database.execute("DELETE FROM recipients WHERE order_id = $1", [.id(id)])
        if erased > 0 { outbox.publish(.orders(.recipientErased(RecipientErased(orderID: id)))) }
        saga.order.hasEmail = false
        outbox.reply(slot, .done)
    }
}
