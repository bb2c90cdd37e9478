import Shipping

/// A parcel's way in four steps, for customers.
enum ParcelProgress {
    private static let steps = ["Packed", "With the carrier", "Out for delivery", "Delivered"]

    /// Which step a parcel has reached; `nil` when it has left the straight way.
    static func step(_ status: ShipmentStatus) -> Int? {
        switch status {
        case .created: 0
        case .accepted, .inTransit, .onHold, .unknown: 1
        case .outForDelivery, .attemptFailed, .readyForPickup: 2
        case .delivered: 3
        case .returning, .returned, .lost, .damaged, .cancelled: nil
        }
    }

    static func bar(_ status: ShipmentStatus) -> HTML {
        guard let reached = step(status) else { return .empty }
        let items = steps.enumerated().map { index, name in
            let current = index == reached ? HTML(" aria-current=\"step\"") : HTML.empty
            return HTML("<li class=\"\(index <= reached ? "done" : "ahead")\"\(current)>\(name)</li>")
        }
        return HTML("<ol class=\"progress\">\(items)</ol>")
    }

    /// Goes on after "Your parcel".
    static func sentence(_ status: ShipmentStatus) -> String {
        switch status {
        case .created: "is packed and waits for the carrier"
        case .accepted: "is with the carrier"
        case .inTransit: "is on its way"
        case .outForDelivery: "is out for delivery"
        case .attemptFailed: "could not be delivered yet; the carrier will try again or tell you where it is"
        case .readyForPickup: "is ready to be picked up"
        case .onHold: "is held by the carrier"
        case .delivered: "has been delivered"
        case .returning: "is on its way back to us"
        case .returned: "came back to us"
        case .lost: "cannot be found at the moment; we are looking for it"
        case .damaged: "was damaged on its way"
        case .cancelled: "was cancelled"
        case .unknown: "is with the carrier"
        }
    }
}
