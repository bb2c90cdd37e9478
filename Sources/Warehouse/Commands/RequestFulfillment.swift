import Contracts
import Kernel

/// Orders wants the fulfillment order picked, packed and handed over.
extension WarehouseState {
    /// Makes the pick task ready, and with it the pack task that waits for it.
    ///
    /// Passed over for a fulfillment order that is under way already or was stopped meanwhile: its events say so.
    ///
    /// - Returns: whether the fulfillment order is known.
    public mutating func requestFulfillment(_ id: FulfillmentID, now: Instant) -> Bool {
        guard var fulfillment = fulfillments[id] else { return false }
        guard fulfillment.step == .reserved else { return true }
        fulfillment.move(to: .picking, at: now)
        save(fulfillment)
        return true
    }

    /// A carrier is booked: the parcels carry its label now and may be handed over.
    ///
    /// Passed over when the fulfillment order was stopped meanwhile (its shipment is being voided) or is labelled.
    ///
    /// - Returns: whether the fulfillment order is known.
    public mutating func label(
        _ id: FulfillmentID, shipmentID: ShipmentID, carrier: String, trackingNumber: String, now: Instant
    ) -> Bool {
        guard var fulfillment = fulfillments[id] else { return false }
        guard fulfillment.step == .packed else { return true }
        fulfillment.move(to: .labelled, at: now)
        save(fulfillment)
        tracked.labels.append(
            FulfillmentLabel(
                fulfillmentID: id, shipmentID: shipmentID, carrier: carrier, trackingNumber: trackingNumber))
        return true
    }

    /// The carrier's booking was voided: parcels that are still here have no valid label any more.
    ///
    /// - Returns: whether the fulfillment order is known.
    public mutating func voidLabel(_ id: FulfillmentID, now: Instant) -> Bool {
        guard var fulfillment = fulfillments[id] else { return false }
        guard fulfillment.step == .labelled else { return true }
        fulfillment.move(to: .packed, at: now)
        save(fulfillment)
        return true
    }
}
