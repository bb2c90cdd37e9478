import Contracts
import Kernel

extension Shipment {
    /// Folds all reports about the shipment, the new one among them, and tells what changed.
    ///
    /// - Parameter events: every report of this shipment; order and repetitions do not matter.
    public mutating func recordReports(_ events: [TrackingEvent], _ policy: ShippingPolicy) -> [ShipmentAction] {
        let old = tracking
        tracking = TrackingFold.fold(events, maximumAttempts: policy.maximumAttempts)
        // Nobody hears of the journey of a label that nobody heard of: while a carrier is being asked, it is told with
        // the booking. A label that is void or being voided and is scanned all the same is kept in the timeline.
        guard label == .booked else { return [] }
        return StatusAnnouncement.events(from: old, to: tracking, of: self).map { .publish($0) }
    }
}
