import BPMN
import Kernel
import Orders
import Ports

/// `capture-payment`: takes the value of the units that were handed over, no more and no less.
enum CapturePayment: JobBehavior {
    static let type = "capture-payment"
    static let sideEffect = SideEffect.afterPivot

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let fulfillment = saga.order.fulfillments[try saga.index(of: job)]
        let amount = fulfillment.value - fulfillment.captured
        guard amount > 0 else { return .done([:]) }
        guard let authorization = saga.order.payment.authorization else { return .failed("nothing is authorized") }
        saga.perform(
            .capturePayment, fulfillment.id.rawValue, saga.sequence(.fulfillment),
            .capturePayment(orderID: saga.id, authorization: authorization, amount: saga.order.money(amount)))
        return .waits
    }

    static func ended(_ effect: Effect, _ amount: Money, _ outcome: EffectOutcome, _ saga: OrderSaga) throws(Fault) {
        if effect.key.subject == saga.id.rawValue, OrderSaga.subject(of: effect.key.sequence) == .order {
            return try CaptureCharges.ended(amount, outcome, saga)
        }
        let id = FulfillmentID(rawValue: effect.key.subject)
        let index = try saga.index(of: id)
        switch outcome {
        case .done:
            try saga.publish { () throws(PaymentRejection) in
                try saga.order.noteCaptured(index, amount: amount.amount, now: saga.now)
            }
            try saga.complete(try saga.job(type, for: id))
        case .refused(let code, let detail):
            try saga.fail(try saga.job(type, for: id), "capture refused: \(code): \(detail)")
        default: throw Fault("unexpected_outcome", retryable: false, "\(saga.id): \(outcome)")
        }
    }
}
