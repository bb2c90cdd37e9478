import BPMN
import Contracts
import Kernel
import Orders
import Ports

/// `authorize-payment`: a call to the provider. When the process does not wait for it any more, the call is withdrawn,
/// and an authorization that comes all the same is let go.
enum AuthorizePayment: JobBehavior {
    static let type = "authorize-payment"
    static let sideEffect = SideEffect.compensable

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        saga.perform(
            .authorizePayment, saga.id.rawValue, saga.sequence(.order),
            .authorizePayment(orderID: saga.id, amount: saga.order.total, method: saga.order.paymentMethod))
        return .waits
    }

    static func cancel(_ saga: OrderSaga) {
        saga.batch.outbox.withdraw(EffectKey(.authorizePayment, saga.id.rawValue, saga.sequence(.order)))
    }

    static func ended(_ outcome: EffectOutcome, _ saga: OrderSaga) throws(Fault) {
        let job = try saga.job(type)
        switch outcome {
        case .done(.payment(let provider)):
            try saga.publish { () throws(PaymentRejection) in
                try saga.order.noteAuthorized(id: provider, now: saga.now)
            }
            if let job { try saga.complete(job) } else { VoidPayment.request(saga, .late) }
        case .refused(let code, _):
            try saga.publish(saga.order.noteDeclined(reason: code, now: saga.now))
            try saga.refuse(job, "payment-declined")
        default: throw Fault("unexpected_outcome", retryable: false, "\(saga.id): \(outcome)")
        }
    }
}
