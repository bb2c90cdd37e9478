import Contracts
import Kernel

extension Shipment {
    /// Stops a shipment that was not handed over: a label is voided, an open attempt asked back.
    ///
    /// Whoever asks is answered by `ShipmentCancelled`, again if it is cancelled already.
    ///
    /// - Throws: `shipment_handed_over`.
    public mutating func cancel() throws(ShippingRejection) -> [ShipmentAction] {
        guard handedOverAt == nil else { throw .handedOver(id) }
        switch label {
        case .asked:
            label = .stopping
            return [.stopPatience, .withdraw(attempt: attempt)]
        case .changingCarrier:
            // The withdrawal is under way; only what follows it changes.
            label = .stopping
            return [.stopPatience]
        case .booked:
            label = .voiding
            return [.void(carrier: carrier, attempt: attempt)]
        case .stopping, .voiding: return []
        case .voided, .voidRefused, .none: return [.publish(cancelled)]
        }
    }

    /// The carrier voided the label, or knows of none under that reference.
    public mutating func voidSucceeded() -> [ShipmentAction] {
        precondition(label == .voiding, "\(id): voided while \(label.name)")
        label = .voided
        endedBecause = "cancelled"
        return [.publish(cancelled)]
    }

    /// The carrier would not void the label. The parcel never gets it, so the shipment ends all the same.
    public mutating func voidRefused(code: String) -> [ShipmentAction] {
        precondition(label == .voiding, "\(id): void refused while \(label.name)")
        label = .voidRefused
        endedBecause = "cancelled, void refused: \(code)"
        return [.publish(cancelled)]
    }
}
