import Contracts
import Kernel

extension Shipment {
    /// Folds all reports about the shipment, the new one among them, and tells what changed.
    ///
    /// - Parameter events: every report of this shipment; order and repetitions do not matter.
    public mutating func recordReports(_ events: [TrackingEvent], _ policy: ShippingPolicy) -> [ShipmentAction] {
        let old = tracking
        tracking = TrackingFold.fold(events, maximumAttempts: policy.maximumAttempts)
        // A void label that is scanned all the same is kept in the timeline; the shipment stays cancelled.
        guard !label.isCancelled else { return [] }
        return StatusAnnouncement.events(from: old, to: tracking, of: self).map { .publish($0) }
    }
}
