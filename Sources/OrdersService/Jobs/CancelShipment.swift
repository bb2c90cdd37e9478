import BPMN
import Contracts
import Kernel

/// `cancel-shipment`: the compensation of `book-shipment`.
enum CancelShipment: JobBehavior {
    static let type = "cancel-shipment"
    static let sideEffect = SideEffect.none

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let fulfillment = saga.order.fulfillments[try saga.index(of: job)]
        try BookShipment.abandon(fulfillment.id, saga)
        return .waits
    }

    static func done(_ event: ShipmentCancelled, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        if saga.order.fulfillments[index].shipment?.status == .booked {
            saga.order.fulfillments[index].shipment?.status = .cancelled
            saga.order.fulfillments[index].updatedAt = saga.now
        }
        try saga.complete(try saga.job(type, for: event.fulfillmentID))
    }
}
