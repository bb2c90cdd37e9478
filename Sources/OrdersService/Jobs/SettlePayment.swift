import BPMN
import Kernel

/// `settle-payment`: what was authorized for units that were never handed over is let go.
enum SettlePayment: JobBehavior {
    static let type = "settle-payment"
    static let sideEffect = SideEffect.afterPivot

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer { VoidPayment.request(saga, .order) }
}
