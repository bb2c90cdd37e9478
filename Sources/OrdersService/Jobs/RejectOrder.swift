import BPMN
import Kernel

/// `reject-order`: nothing is held, nothing was charged.
enum RejectOrder: JobBehavior {
    static let type = "reject-order"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        try saga.publish(saga.order.reject(now: saga.now))
        return .done([:])
    }
}
