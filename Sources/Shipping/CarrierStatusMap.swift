/// What the codes of carriers mean in our words.
public enum CarrierStatusMap {
    /// - Parameters:
    ///   - code: our own name in capitals (`OUT_FOR_DELIVERY`), or one of the carrier's table.
    ///   - carrier: whose table; a carrier without one speaks our words.
    /// - Returns: `nil` for a code that neither explains.
    public static func status(of code: String, carrier: String) -> ShipmentStatus? {
        switch code {
        case "ACCEPTED": return .accepted
        case "IN_TRANSIT": return .inTransit
        case "OUT_FOR_DELIVERY": return .outForDelivery
        case "ATTEMPT_FAILED": return .attemptFailed
        case "READY_FOR_PICKUP": return .readyForPickup
        case "ON_HOLD": return .onHold
        case "DELIVERED": return .delivered
        case "RETURNING": return .returning
        case "RETURNED": return .returned
        case "LOST": return .lost
        case "DAMAGED": return .damaged
        case "UNKNOWN": return .unknown
        default: break
        }
        switch carrier {
        case "swift": return swift(code)
        case "turtle": return turtle(code)
        default: return nil
        }
    }

    /// Codes of two letters, as express carriers have them.
    private static func swift(_ code: String) -> ShipmentStatus? {
        switch code {
        case "PU": .accepted
        case "AR", "DP", "IT": .inTransit
        case "OD": .outForDelivery
        case "DE": .attemptFailed
        case "HL": .readyForPickup
        case "CH": .onHold
        case "DL": .delivered
        case "RS": .returning
        case "RD": .returned
        case "LX": .lost
        case "DM": .damaged
        default: nil
        }
    }

    /// Words, as postal services have them.
    private static func turtle(_ code: String) -> ShipmentStatus? {
        switch code {
        case "POSTED": .accepted
        case "SORTED", "EN_ROUTE": .inTransit
        case "WITH_POSTMAN": .outForDelivery
        case "CARD_LEFT": .attemptFailed
        case "AT_COUNTER": .readyForPickup
        case "CUSTOMS": .onHold
        case "HANDED_OUT": .delivered
        case "SENT_BACK": .returning
        case "BACK_AT_SENDER": .returned
        case "MISSING": .lost
        case "SPOILED": .damaged
        default: nil
        }
    }

    /// The normalized words that aggregators of many carriers use for the same things.
    ///
    /// A carrier's `cancelled` is no cancellation of ours: it holds the parcel until a person has looked.
    ///
    /// - Source: the status words of EasyPost's Tracker, and of the openly published tables of carriers' codes.
    public static func status(ofAggregated word: String) -> ShipmentStatus? {
        switch word {
        case "pending", "pre_transit", "information_received", "label_created": .created
        case "picked_up", "accepted": .accepted
        case "in_transit", "delivery_delayed": .inTransit
        case "out_for_delivery": .outForDelivery
        case "delivery_failed", "failure", "attempt_failed": .attemptFailed
        case "ready_for_pickup", "available_for_pickup": .readyForPickup
        case "on_hold", "cancelled": .onHold
        case "delivered": .delivered
        case "return_to_sender", "returning": .returning
        case "returned": .returned
        case "lost": .lost
        case "damaged": .damaged
        case "unknown", "error": .unknown
        default: nil
        }
    }
}
