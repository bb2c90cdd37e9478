import BPMN
import Kernel

/// `complete-order`: every unit has its end and all money is settled.
enum CompleteOrder: JobBehavior {
    static let type = "complete-order"
    static let sideEffect = SideEffect.afterPivot

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        try saga.publish(saga.order.complete(now: saga.now))
        return .done([:])
    }
}
