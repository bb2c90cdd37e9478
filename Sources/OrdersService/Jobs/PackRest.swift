import BPMN
import Kernel

/// `pack-rest`: after a short pick the warehouse goes on with what it found.
enum PackRest: JobBehavior {
    static let type = "pack-rest"
    static let sideEffect = SideEffect.compensable

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer { .waits }
}
