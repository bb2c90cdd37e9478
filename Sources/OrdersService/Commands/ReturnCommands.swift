import Kernel
import Orders

extension OrdersBatch {
    func requestReturn(_ command: RequestReturn, _ slot: Int) throws(Fault) {
        guard let saga = sagas[command.orderID.rawValue] else {
            return outbox.reject(slot, OrdersRejection.orderNotFound)
        }
        let lines = try saga.lines()
        do throws(RequestReturnRejection) {
            let id = ids.next(ReturnKind.self, now: now)
            let events = try saga.order.requestReturn(
                command, id: id, lines: lines, policy: options.returns, now: now)
            for event in events { outbox.publish(.orders(event)) }
        } catch {
            return outbox.reject(slot, error)
        }
        answer(slot, saga, saga.order.returns.count - 1)
    }

    func decideReturn(_ command: DecideReturn, _ slot: Int) throws(Fault) {
        guard let (saga, index) = find(command.returnID) else {
            return outbox.reject(slot, OrdersRejection.returnNotFound)
        }
        let lines = try saga.lines()
        do throws(ReturnRejection) {
            let events = try saga.order.decideReturn(index, command.decision, lines: lines, now: now)
            for event in events { outbox.publish(.orders(event)) }
        } catch {
            return outbox.reject(slot, error)
        }
        answer(slot, saga, index)
    }

    /// A person repaired what made the provider refuse: it is asked again.
    func retryReturnRefund(_ id: ReturnID, _ slot: Int) throws(Fault) {
        guard let (saga, index) = find(id) else { return outbox.reject(slot, OrdersRejection.returnNotFound) }
        guard saga.order.returns[index].status == .inspected, !saga.order.returns[index].refundRefusal.isEmpty else {
            return outbox.reject(slot, ReturnRejection.noRefundRefused)
        }
        let owed = try saga.lines().value(of: saga.order.returns[index].refundedUnits)
        try RefundReturn.request(index, owed, saga)
        answer(slot, saga, index)
    }

    private func find(_ id: ReturnID) -> (OrderSaga, Int)? {
        guard let order = orderOfReturn[id], let saga = sagas[order], let index = saga.order.returnIndex(id) else {
            return nil
        }
        return (saga, index)
    }

    private func answer(_ slot: Int, _ saga: OrderSaga, _ index: Int) {
        outbox.reply(slot, .customerReturn(ReturnView(saga.order, saga.order.returns[index])))
    }
}
