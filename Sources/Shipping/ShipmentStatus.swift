/// Where a parcel is on its journey. The raw value is what tables hold and never changes its meaning.
public enum ShipmentStatus: Int64, Sendable, CaseIterable {
    /// The carrier has not seen the parcel yet.
    case created = 0
    /// The carrier scanned it for the first time.
    case accepted = 1
    case inTransit = 2
    /// On the last van.
    case outForDelivery = 3
    /// Nobody opened, or the address was not found.
    case attemptFailed = 4
    /// Waits for the customer at a shop or locker.
    case readyForPickup = 5
    /// The carrier keeps it, for example at customs.
    case onHold = 6
    case delivered = 7
    /// The carrier gave up and brings it back.
    case returning = 8
    /// Back at the sender.
    case returned = 9
    /// Cannot be found. It may be found again.
    case lost = 10
    /// Damaged or destroyed on the way.
    case damaged = 11
    /// Voided before handover, or never booked. No carrier reports this: it is our own decision.
    case cancelled = 12
    /// The carrier said something that its table of codes does not explain.
    case unknown = 13

    /// As in the API, for example `out_for_delivery`.
    public var name: String {
        switch self {
        case .created: "created"
        case .accepted: "accepted"
        case .inTransit: "in_transit"
        case .outForDelivery: "out_for_delivery"
        case .attemptFailed: "attempt_failed"
        case .readyForPickup: "ready_for_pickup"
        case .onHold: "on_hold"
        case .delivered: "delivered"
        case .returning: "returning"
        case .returned: "returned"
        case .lost: "lost"
        case .damaged: "damaged"
        case .cancelled: "cancelled"
        case .unknown: "unknown"
        }
    }

    /// Reads ``name``.
    public init?(name: some StringProtocol) {
        guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = status
    }

    /// Nothing but a correction by the carrier follows.
    public var isFinal: Bool {
        switch self {
        case .delivered, .returned, .cancelled: true
        default: false
        }
    }

    /// The place in a journey: of two reports of the same moment, the one with the lower rank came first.
    var rank: Int {
        switch self {
        case .created: 0
        case .unknown: 1
        case .accepted: 2
        case .inTransit: 3
        case .onHold: 4
        case .outForDelivery: 5
        case .readyForPickup: 6
        case .attemptFailed: 7
        case .lost: 8
        case .damaged: 9
        case .delivered: 10
        case .returning: 11
        case .returned: 12
        case .cancelled: 13
        }
    }
}
