import BPMN
import Kernel

/// `raise-jeopardy`: the order is later than promised.
enum RaiseJeopardy: JobBehavior {
    static let type = "raise-jeopardy"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        try saga.publish(saga.order.raiseJeopardy(reason: "not_fulfilled_in_time", now: saga.now))
        return .done([:])
    }
}
