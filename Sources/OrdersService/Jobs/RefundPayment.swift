import BPMN
import Kernel
import Orders
import Ports

/// `refund-payment`: gives back what was captured for a fulfillment that came back or was lost.
enum RefundPayment: JobBehavior {
    static let type = "refund-payment"
    static let sideEffect = SideEffect.afterPivot

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let index = try saga.index(of: job)
        return request(index, saga.order.fulfillments[index].captured - saga.order.fulfillments[index].refunded, saga)
    }

    /// Also without a job: for a parcel that came back after it had counted as delivered.
    @discardableResult
    static func request(_ index: Int, _ amount: Int64, _ saga: OrderSaga) -> JobAnswer {
        let fulfillment = saga.order.fulfillments[index]
        guard amount > 0, let authorization = saga.order.payment.authorization else { return .done([:]) }
        saga.perform(
            .refundPayment, fulfillment.id.rawValue, saga.sequence(.fulfillment),
            .refundPayment(orderID: saga.id, authorization: authorization, amount: saga.order.money(amount)))
        return .waits
    }

    static func ended(_ effect: Effect, _ amount: Money, _ outcome: EffectOutcome, _ saga: OrderSaga) throws(Fault) {
        let id = FulfillmentID(rawValue: effect.key.subject)
        let index = try saga.index(of: id)
        switch outcome {
        case .done:
            let reason = saga.order.fulfillments[index].shipment?.status == .lost ? "lost" : "returned"
            try saga.publish { () throws(PaymentRejection) in
                try saga.order.noteRefunded(index, amount: amount.amount, reason: reason, now: saga.now)
            }
            try saga.complete(try saga.job(type, for: id))
        case .refused(let code, let detail):
            try saga.fail(try saga.job(type, for: id), "refund refused: \(code): \(detail)")
        default: throw Fault("unexpected_outcome", retryable: false, "\(saga.id): \(outcome)")
        }
    }
}
