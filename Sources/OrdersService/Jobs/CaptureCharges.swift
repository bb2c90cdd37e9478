import BPMN
import Kernel
import Orders
import Ports

/// `capture-charges`: an order of charges alone is paid as soon as it is confirmed.
enum CaptureCharges: JobBehavior {
    static let type = "capture-charges"
    static let sideEffect = SideEffect.afterPivot

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let amount = saga.order.payment.open
        guard amount > 0, let authorization = saga.order.payment.authorization else { return .done([:]) }
        saga.perform(
            .capturePayment, saga.id.rawValue, saga.sequence(.order),
            .capturePayment(orderID: saga.id, authorization: authorization, amount: saga.order.money(amount)))
        return .waits
    }

    static func ended(_ amount: Money, _ outcome: EffectOutcome, _ saga: OrderSaga) throws(Fault) {
        switch outcome {
        case .done:
            try saga.publish { () throws(PaymentRejection) in
                try saga.order.noteChargesCaptured(amount: amount.amount, now: saga.now)
            }
            try saga.complete(try saga.job(type))
        case .refused(let code, let detail): try saga.fail(try saga.job(type), "capture refused: \(code): \(detail)")
        default: throw Fault("unexpected_outcome", retryable: false, "\(saga.id): \(outcome)")
        }
    }
}
