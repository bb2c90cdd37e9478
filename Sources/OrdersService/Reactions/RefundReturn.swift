import Contracts
import Kernel
import Orders
import Ports

/// Giving back what a customer's return is worth, beside the order's process.
enum RefundReturn {
    /// The warehouse has inspected a return.
    static func inspected(_ event: ReturnReceived, _ saga: OrderSaga) throws(Fault) {
        guard let index = saga.order.returnIndex(event.returnID) else {
            throw Fault("unknown_return", retryable: false, "\(saga.id): \(event.returnID)")
        }
        let owed = try saga.order.noteInspected(index, event.units, lines: try saga.lines(), now: saga.now)
        guard let owed else { return }
        try request(index, owed, saga)
    }

    /// Asks the provider; where nothing is owed the return is closed at once.
    static func request(_ index: Int, _ amount: Int64, _ saga: OrderSaga) throws(Fault) {
        guard amount > 0 else { return try close(index, 0, saga) }
        guard let authorization = saga.order.payment.authorization else {
            throw Fault("nothing_authorized", retryable: false, "\(saga.id): \(amount) for a return")
        }
        saga.order.noteRefundAsked(index, now: saga.now)
        let customerReturn = saga.order.returns[index]
        saga.perform(
            .refundPayment, customerReturn.id.rawValue,
            OrderSaga.sequence(.customerReturn, try: customerReturn.refundTries),
            .refundPayment(orderID: saga.id, authorization: authorization, amount: saga.order.money(amount)))
    }

    static func ended(_ effect: Effect, _ amount: Money, _ outcome: EffectOutcome, _ saga: OrderSaga) throws(Fault) {
        let id = ReturnID(rawValue: effect.key.subject)
        guard let index = saga.order.returnIndex(id), saga.order.returns[index].status == .inspected else {
            throw Fault("unknown_return", retryable: false, "\(saga.id): \(id) was refunded")
        }
        switch outcome {
        case .done: try close(index, amount.amount, saga)
        case .refused(let code, let detail):
            saga.order.noteRefundRefused(index, reason: "\(code): \(detail)", now: saga.now)
        default: throw Fault("unexpected_outcome", retryable: false, "\(saga.id): \(outcome)")
        }
    }

    private static func close(_ index: Int, _ amount: Int64, _ saga: OrderSaga) throws(Fault) {
        let shares = try saga.order.refundShares(index, lines: try saga.lines())
        try saga.publish { () throws(PaymentRejection) in
            try saga.order.closeReturn(index, refunded: amount, shares: shares, now: saga.now)
        }
    }
}
