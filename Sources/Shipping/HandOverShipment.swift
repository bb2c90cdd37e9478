import Kernel

extension Shipment {
    /// The warehouse gave the parcels to the carrier: from now on nothing can be voided.
    ///
    /// - Throws: `shipment_not_booked` when there is no label that the parcels could carry.
    public mutating func handOver(at occurredAt: Instant) throws(ShippingRejection) {
        guard label == .booked else { throw .notBooked(id, label) }
        if handedOverAt == nil { handedOverAt = occurredAt }
    }
}
