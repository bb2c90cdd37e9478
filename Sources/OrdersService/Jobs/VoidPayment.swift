import BPMN
import Kernel
import Ports

/// `void-payment`: the compensation of `authorize-payment`. Lets go of what the provider holds for us.
enum VoidPayment: JobBehavior {
    static let type = "void-payment"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer { request(saga, .order) }

    @discardableResult
    static func request(_ saga: OrderSaga, _ about: OrderSaga.EffectSubject) -> JobAnswer {
        guard saga.order.payment.open > 0, let authorization = saga.order.payment.authorization else {
            return .done([:])
        }
        saga.perform(
            .voidPayment, saga.id.rawValue, saga.sequence(about),
            .voidPayment(orderID: saga.id, authorization: authorization))
        return .waits
    }

    static func ended(_ outcome: EffectOutcome, _ saga: OrderSaga) throws(Fault) {
        var job = try saga.job(type)
        if job == nil { job = try saga.job(SettlePayment.type) }
        switch outcome {
        case .done:
            try saga.publish(saga.order.noteVoided(now: saga.now))
            try saga.complete(job)
        case .refused(let code, let detail): try saga.fail(job, "void refused: \(code): \(detail)")
        default: throw Fault("unexpected_outcome", retryable: false, "\(saga.id): \(outcome)")
        }
    }
}
