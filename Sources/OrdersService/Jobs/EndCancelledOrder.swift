import BPMN
import Kernel

/// `cancel-order`: all is undone, nothing was handed over.
enum EndCancelledOrder: JobBehavior {
    static let type = "cancel-order"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        try saga.publish(saga.order.endCancelled(now: saga.now))
        return .done([:])
    }
}
