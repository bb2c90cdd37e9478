import BPMN
import Kernel

/// `cancel-units`: units that nobody can ship. Their money is never captured.
enum CancelUnitsForGood: JobBehavior {
    static let type = "cancel-units"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let index = try saga.index(of: job)
        let isMissing = !saga.order.fulfillments[index].missing.isEmpty
        let reason = isMissing ? "out_of_stock" : "no_carrier"
        try saga.publish(saga.order.cancelRemaining(index, reason: reason, now: saga.now))
        // Its own process did it and need not be told.
        if saga.order.fulfillments[index].status == .cancelled {
            saga.order.fulfillments[index].told.insert(.cancelled)
        }
        return .done([:])
    }
}
