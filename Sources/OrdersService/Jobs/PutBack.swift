import BPMN
import Contracts
import Kernel

/// `put-back`: the compensation of picking and packing.
enum PutBack: JobBehavior {
    static let type = "put-back"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let fulfillment = saga.order.fulfillments[try saga.index(of: job)]
        let reason = saga.order.cancellation.reason.isEmpty ? "not_shipped" : saga.order.cancellation.reason
        try saga.publish([
            .fulfillmentCancellationRequested(
                FulfillmentCancellationRequested(orderID: saga.id, fulfillmentID: fulfillment.id, reason: reason))
        ])
        return .waits
    }

    static func done(_ event: FulfillmentPutBack, _ saga: OrderSaga) throws(Fault) {
        try saga.complete(try saga.job(type, for: event.fulfillmentID))
    }
}
