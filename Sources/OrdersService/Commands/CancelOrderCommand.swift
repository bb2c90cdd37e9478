import Kernel
import Orders

extension OrdersBatch {
    func cancelOrder(_ command: CancelOrder, _ slot: Int) throws(Fault) {
        guard let saga = sagas[command.orderID.rawValue] else {
            return outbox.reject(slot, OrdersRejection.orderNotFound)
        }
        do throws(CancelOrderRejection) {
            let events = try saga.order.cancel(command, now: now)
            for event in events { outbox.publish(.orders(event)) }
        } catch {
            return outbox.reject(slot, error)
        }
        try saga.tellProcess()
        outbox.reply(slot, .order(OrderReceipt(saga.order)))
    }

    func cancelUnits(_ command: CancelUnits, _ slot: Int) throws(Fault) {
        guard let saga = sagas[command.orderID.rawValue] else {
            return outbox.reject(slot, OrdersRejection.orderNotFound)
        }
        do throws(CancelUnitsRejection) {
            let events = try saga.order.cancelUnits(command, now: now)
            for event in events { outbox.publish(.orders(event)) }
        } catch {
            return outbox.reject(slot, error)
        }
        outbox.reply(slot, .order(OrderReceipt(saga.order)))
    }
}
