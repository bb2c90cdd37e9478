import BPMN
import Kernel

/// `confirm-order`: the shop may promise the order.
enum ConfirmOrder: JobBehavior {
    static let type = "confirm-order"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        try saga.publish(saga.order.confirm(now: saga.now))
        return .done([:])
    }
}
