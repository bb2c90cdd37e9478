import Contracts
import Kernel

/// What the world is told when the fold over a shipment's reports came to another result.
public enum StatusAnnouncement {
    /// - Returns: nothing when the status is the same, even if a late report filled a gap in the timeline; only the
    ///   resulting status after a jump; for each further failed attempt its own event, and for the last one that the
    ///   parcel turns back as well.
    public static func events(
        from old: TrackingState, to new: TrackingState, of shipment: Shipment
    ) -> [ShippingEvent] {
        guard let occurredAt = new.since else { return [] }
        var events: [ShippingEvent] = []
        let turnedBack = new.status == .returning && old.status != .returning
        if new.failedAttempts > old.failedAttempts, new.status == .attemptFailed || turnedBack {
            events.append(
                .deliveryAttemptFailed(
                    DeliveryAttemptFailed(
                        orderID: shipment.orderID, fulfillmentID: shipment.fulfillmentID, shipmentID: shipment.id,
                        attempt: new.failedAttempts, reason: new.reason ?? "unspecified", occurredAt: occurredAt)))
        }
        if new.status != old.status, let event = event(new.status, shipment, occurredAt) { events.append(event) }
        return events
    }

    private static func event(_ status: ShipmentStatus, _ shipment: Shipment, _ at: Instant) -> ShippingEvent? {
        let (order, fulfillment, id) = (shipment.orderID, shipment.fulfillmentID, shipment.id)
        switch status {
        case .accepted:
            return .shipmentAccepted(
                ShipmentAccepted(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .inTransit:
            return .shipmentInTransit(
                ShipmentInTransit(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .outForDelivery:
            return .shipmentOutForDelivery(
                ShipmentOutForDelivery(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .readyForPickup:
            return .shipmentReadyForPickup(
                ShipmentReadyForPickup(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .onHold:
            return .shipmentOnHold(
                ShipmentOnHold(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .delivered:
            return .shipmentDelivered(
                ShipmentDelivered(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .returning:
            return .shipmentReturning(
                ShipmentReturning(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .returned:
            return .shipmentReturned(
                ShipmentReturned(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .lost, .damaged:
            // To the order both are the same: the goods will not arrive.
            return .shipmentLost(
                ShipmentLost(orderID: order, fulfillmentID: fulfillment, shipmentID: id, occurredAt: at))
        case .created, .unknown, .attemptFailed, .cancelled: return nil
        }
    }
}
