import Contracts
import Kernel
import Orders

/// What Orders does about what Shipping says.
extension OrdersBatch {
    func react(to event: ShippingEvent, at position: Int64) throws(Fault) {
        let saga = try saga(event.key)
        switch event {
        case .shipmentBooked(let event): try BookShipment.booked(event, saga)
        case .shipmentBookingFailed(let event): try BookShipment.failed(event, saga)
        case .shipmentCancelled(let event): try CancelShipment.done(event, saga)
        case .shipmentAccepted(let event): try track(event.fulfillmentID, .accepted, position, saga)
        case .shipmentInTransit(let event): try track(event.fulfillmentID, .inTransit, position, saga)
        case .shipmentOutForDelivery(let event): try track(event.fulfillmentID, .outForDelivery, position, saga)
        case .shipmentReadyForPickup(let event): try track(event.fulfillmentID, .readyForPickup, position, saga)
        case .shipmentOnHold(let event): try track(event.fulfillmentID, .onHold, position, saga)
        case .deliveryAttemptFailed(let event):
            try track(event.fulfillmentID, .attemptFailed, position, saga, attempts: event.attempt)
        case .shipmentDelivered(let event):
            try track(event.fulfillmentID, .delivered, position, saga)
            let index = try saga.index(of: event.fulfillmentID)
            if saga.order.fulfillments[index].deliveredAt == nil {
                saga.order.fulfillments[index].deliveredAt = event.occurredAt
            }
        case .shipmentReturning(let event): try track(event.fulfillmentID, .returning, position, saga)
        case .shipmentReturned(let event): try track(event.fulfillmentID, .returned, position, saga)
        case .shipmentLost(let event): try track(event.fulfillmentID, .lost, position, saga)
        }
        try saga.tellProcess()
    }

    /// Shipping folded the carrier's scans already: the latest event is what holds.
    private func track(
        _ id: FulfillmentID, _ status: ShipmentStatus, _ position: Int64, _ saga: OrderSaga, attempts: Int? = nil
    ) throws(Fault) {
        let index = try saga.index(of: id)
        guard saga.order.fulfillments[index].shipment != nil else {
            throw Fault("unknown_shipment", retryable: false, "\(saga.id): \(id) is \(status.name) before its booking")
        }
        guard position > saga.order.fulfillments[index].shippingPosition else { return }
        saga.order.fulfillments[index].shippingPosition = position
        saga.order.fulfillments[index].shipment?.status = status
        if let attempts { saga.order.fulfillments[index].shipment?.attempts = attempts }
        saga.order.fulfillments[index].updatedAt = now
        if let told = CustomerStatus(status, attempts: attempts ?? 0) { try notify(saga, told, index) }
    }
}
