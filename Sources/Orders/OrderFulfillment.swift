import Contracts
import Kernel

/// One warehouse's share of an order, as far as Orders knows it.
public struct OrderFulfillment: Sendable, Equatable {
    /// How far the work is.
    public enum Status: Int64, Sendable, CaseIterable {
        /// Stock is allocated.
        case planned = 1
        /// The warehouse was asked to pick and pack.
        case inProgress = 2
        case picked = 3
        case packed = 4
        /// The carrier has it.
        case handedOver = 5
        /// Nothing of it was found.
        case incomplete = 6
        case cancelled = 7

        public var name: String {
            switch self {
            case .planned: "planned"
            case .inProgress: "in_progress"
            case .picked: "picked"
            case .packed: "packed"
            case .handedOver: "handed_over"
            case .incomplete: "incomplete"
            case .cancelled: "cancelled"
            }
        }

        /// Nothing has left the shelf yet.
        public var isBeforePick: Bool { rawValue <= Status.inProgress.rawValue }
        public var isBeforeHandover: Bool { rawValue <= Status.packed.rawValue }
    }

    /// What the process has been told of, so that each message reaches it once.
    public struct Told: OptionSet, Sendable {
        public let rawValue: Int64
        public init(rawValue: Int64) { self.rawValue = rawValue }
        public static let cancelled = Told(rawValue: 1)
        public static let handedOver = Told(rawValue: 2)
        /// Delivered, returned or lost.
        public static let outcome = Told(rawValue: 4)
        public static let restocked = Told(rawValue: 8)
        /// The outcome was a delivery: what comes back later is refunded beside the process.
        public static let delivered = Told(rawValue: 16)
    }

    public let id: FulfillmentID
    public let warehouseID: WarehouseID
    /// The fulfillment whose short pick it makes up for.
    public let parentID: FulfillmentID?
    /// The units that it still carries.
    public var units: [UnitRange]
    /// What these units are worth, minor units.
    public var value: Int64
    public var status: Status
    /// Not found on the shelf and not yet sourced elsewhere or cancelled.
    public var missing: [UnitRange] = []
    /// Under which reservation request the missing units were asked for; 0 for none.
    public var missingRequest = 0
    public var packages: [PackedPackage] = []
    public var shipment: Shipment?
    public var captured: Int64 = 0
    public var refunded: Int64 = 0
    public var isRestocked = false
    /// When the carrier says that the customer got it; kept when the carrier corrects itself later.
    public var deliveredAt: Instant?
    public var told: Told = []
    /// Bits of ``CustomerStatus`` that the customer was told of.
    public var notified: Int64 = 0
    /// The position of Shipping's latest event about it: an older one repeated changes nothing.
    public var shippingPosition: Int64 = 0
    public var updatedAt: Instant

    public init(
        id: FulfillmentID, warehouseID: WarehouseID, parentID: FulfillmentID?, units: [UnitRange], value: Int64,
        status: Status = .planned, updatedAt: Instant
    ) {
        self.id = id
        self.warehouseID = warehouseID
        self.parentID = parentID
        self.units = units
        self.value = value
        self.status = status
        self.updatedAt = updatedAt
    }

    /// The parcels' journey.
    public struct Shipment: Sendable, Equatable {
        public var id: ShipmentID
        public var carrier: String
        public var trackingNumber: String
        public var status: ShipmentStatus
        /// Failed delivery attempts.
        public var attempts: Int

        public init(
            id: ShipmentID, carrier: String, trackingNumber: String, status: ShipmentStatus = .booked, attempts: Int = 0
        ) {
            self.id = id
            self.carrier = carrier
            self.trackingNumber = trackingNumber
            self.status = status
            self.attempts = attempts
        }
    }
}

/// The journey's state as Shipping last told it. Shipping folds the carrier's scans; Orders only keeps the result.
public enum ShipmentStatus: Int64, Sendable, CaseIterable {
    case booked = 1
    case accepted = 2
    case inTransit = 3
    case outForDelivery = 4
    case readyForPickup = 5
    case onHold = 6
    case attemptFailed = 7
    case delivered = 8
    case returning = 9
    case returned = 10
    case lost = 11
    case cancelled = 12

    public var name: String {
        switch self {
        case .booked: "created"
        case .accepted: "accepted"
        case .inTransit: "in_transit"
        case .outForDelivery: "out_for_delivery"
        case .readyForPickup: "ready_for_pickup"
        case .onHold: "on_hold"
        case .attemptFailed: "attempt_failed"
        case .delivered: "delivered"
        case .returning: "returning"
        case .returned: "returned"
        case .lost: "lost"
        case .cancelled: "cancelled"
        }
    }
}
