/// What a customer can be told of, each at most once per order or parcel.
public enum CustomerStatus: Int64, Sendable, CaseIterable {
    case confirmed = 0
    case rejected = 1
    case cancelled = 2
    case unitsCancelled = 3
    case refunded = 4
    case completed = 5
    case shipped = 10
    case inTransit = 11
    case outForDelivery = 12
    case readyForPickup = 13
    case onHold = 14
    case delivered = 15
    case returning = 16
    case returned = 17
    case lost = 18
    case firstAttemptFailed = 20
    case secondAttemptFailed = 21
    case lastAttemptFailed = 22

    /// As it is named to customers and their systems.
    public var name: String {
        switch self {
        case .confirmed: "order.confirmed"
        case .rejected: "order.rejected"
        case .cancelled: "order.cancelled"
        case .unitsCancelled: "order.units_cancelled"
        case .refunded: "order.refunded"
        case .completed: "order.completed"
        case .shipped: "shipment.accepted"
        case .inTransit: "shipment.in_transit"
        case .outForDelivery: "shipment.out_for_delivery"
        case .readyForPickup: "shipment.ready_for_pickup"
        case .onHold: "shipment.on_hold"
        case .delivered: "shipment.delivered"
        case .returning: "shipment.returning"
        case .returned: "shipment.returned"
        case .lost: "shipment.lost"
        case .firstAttemptFailed, .secondAttemptFailed, .lastAttemptFailed: "shipment.attempt_failed"
        }
    }

    /// Its bit in the marks of what was told.
    public var bit: Int64 { 1 << rawValue }

    /// - Parameter attempts: failed deliveries so far; the third and all later ones count as the last.
    public init?(_ status: ShipmentStatus, attempts: Int) {
        switch status {
        case .booked, .cancelled: return nil
        case .accepted: self = .shipped
        case .inTransit: self = .inTransit
        case .outForDelivery: self = .outForDelivery
        case .readyForPickup: self = .readyForPickup
        case .onHold: self = .onHold
        case .delivered: self = .delivered
        case .returning: self = .returning
        case .returned: self = .returned
        case .lost: self = .lost
        case .attemptFailed:
            self = attempts <= 1 ? .firstAttemptFailed : attempts == 2 ? .secondAttemptFailed : .lastAttemptFailed
        }
    }
}

/// Which statuses go to the customer.
public struct NotificationPolicy: Sendable, Equatable {
    /// By e-mail.
    public var mailed: Set<CustomerStatus>
    /// To the shop's webhook endpoints.
    public var posted: Set<CustomerStatus>

    public init(mailed: Set<CustomerStatus>, posted: Set<CustomerStatus>) {
        self.mailed = mailed
        self.posted = posted
    }

    public static let everything = NotificationPolicy(
        mailed: Set(CustomerStatus.allCases), posted: Set(CustomerStatus.allCases))
    /// People want to know what they can act on; systems want to know everything.
    public static let standard = NotificationPolicy(
        mailed: Set(CustomerStatus.allCases).subtracting([.shipped, .completed]), posted: Set(CustomerStatus.allCases))
    public static let silent = NotificationPolicy(mailed: [], posted: [])

    public func concerns(_ status: CustomerStatus) -> Bool { mailed.contains(status) || posted.contains(status) }
}
