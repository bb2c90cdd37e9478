import BPMN
import Contracts
import Kernel
import Orders

/// `book-shipment`: Shipping finds a carrier for the parcels.
enum BookShipment: JobBehavior {
    static let type = "book-shipment"
    static let sideEffect = SideEffect.compensable

    static func begin(_ job: Job, _ saga: OrderSaga) throws(Fault) -> JobAnswer {
        let fulfillment = saga.order.fulfillments[try saga.index(of: job)]
        try saga.publish([
            .shipmentRequested(
                ShipmentRequested(
                    orderID: saga.id, fulfillmentID: fulfillment.id, warehouseID: fulfillment.warehouseID,
                    destination: saga.order.destination, packages: fulfillment.packages,
                    value: saga.order.money(fulfillment.value)))
        ])
        return .waits
    }

    /// The process stopped waiting for a booking that may be under way: it is voided, whatever becomes of it.
    static func abandon(_ id: FulfillmentID, _ saga: OrderSaga) throws(Fault) {
        try saga.publish([
            .shipmentCancellationRequested(ShipmentCancellationRequested(orderID: saga.id, fulfillmentID: id))
        ])
    }

    static func booked(_ event: ShipmentBooked, _ saga: OrderSaga) throws(Fault) {
        let index = try saga.index(of: event.fulfillmentID)
        guard saga.order.fulfillments[index].shipment == nil else { return }
        saga.order.fulfillments[index].shipment = OrderFulfillment.Shipment(
            id: event.shipmentID, carrier: event.carrier, trackingNumber: event.trackingNumber)
        saga.order.fulfillments[index].updatedAt = saga.now
        try saga.complete(try saga.job(type, for: event.fulfillmentID))
    }

    static func failed(_ event: ShipmentBookingFailed, _ saga: OrderSaga) throws(Fault) {
        try saga.refuse(try saga.job(type, for: event.fulfillmentID), "booking-failed")
    }
}
