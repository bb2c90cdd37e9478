import Contracts
import Kernel

/// What becomes of a shipment's label. The raw value is what tables hold and never changes its meaning.
public enum LabelState: Int64, Sendable, CaseIterable {
    /// A carrier is being asked.
    case asked = 0
    /// The carrier did not answer for too long: its booking is being withdrawn, so that another can be asked.
    case changingCarrier = 1
    /// Cancelled while a carrier is being asked.
    case stopping = 2
    /// There is a label.
    case booked = 3
    /// Cancelled: the label is being voided.
    case voiding = 4
    case voided = 5
    /// The carrier would not void the label; it is never used, and costs what it costs.
    case voidRefused = 6
    /// It ended without any label.
    case none = 7

    public var name: String {
        switch self {
        case .asked: "asked"
        case .changingCarrier: "changing_carrier"
        case .stopping: "stopping"
        case .booked: "booked"
        case .voiding: "voiding"
        case .voided: "voided"
        case .voidRefused: "void_refused"
        case .none: "none"
        }
    }

    /// The shipment ended before its journey began.
    public var isCancelled: Bool { self == .voided || self == .voidRefused || self == .none }

    /// An effect at a carrier is open, and its outcome will come.
    public var isWaiting: Bool {
        switch self {
        case .asked, .changingCarrier, .stopping, .voiding: true
        case .booked, .voided, .voidRefused, .none: false
        }
    }
}

/// The parcels of one fulfillment order on their way with one carrier.
///
/// **Never two labels.** A shipment asks one carrier at a time. Attempts are numbered, each is an effect of its own
/// with its own reference at the carrier, and attempt n + 1 is decided in one place only (``askNext(after:_:_:_:)``),
/// on proof that attempt n left no label: the carrier refused it, or it was *withdrawn*.
///
/// A carrier that does not answer proves nothing: the booking may have arrived. When patience runs out the attempt is
/// therefore not abandoned but asked back. The answer to that is one of three: a try has certainly failed (no
/// connection, an answer that says so, or a look-up that finds nothing under our reference) and no other will be made:
/// withdrawn; the label turns out to exist: then it is used, late; or neither is known yet: then we wait. So a carrier
/// that dies after it took a request and before it answered holds that one parcel until it can be asked. A label that
/// is late costs a day; two labels cost a parcel that is collected twice and an invoice nobody can explain.
///
/// Where a carrier is known to be down and the attempt was never sent, nobody waits: it is withdrawn at once, once per
/// carrier. When the round is over and all are down, patience decides as before.
///
/// Voiding the first label instead of withdrawing it would not be safer: a carrier that is down cannot acknowledge
/// that either, and a void that overtakes the booking voids nothing.
///
/// Cancellation goes the same way: while a carrier is being asked, the attempt is asked back; if a label comes of it
/// after all, that is voided under the attempt's reference before the shipment counts as cancelled.
public struct Shipment: Sendable, Equatable {
    public let id: ShipmentID
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let warehouseID: WarehouseID
    /// ISO 3166-1 alpha-2.
    public let country: String
    public let totalGrams: Int
    public let parcels: Int
    public let value: Money
    public let requestedAt: Instant

    public package(set) var label = LabelState.asked
    /// Who is asked or has the label; empty when no carrier could be asked.
    public package(set) var carrier = ""
    /// The number of the current booking attempt, from 1.
    public package(set) var attempt = 0
    /// Who said no, for good.
    public package(set) var refusedBy: [String] = []
    /// What the current carrier's tariff says.
    public package(set) var quoted: Money?
    public package(set) var trackingNumber: String?
    /// The day of booking, in days since 1970-01-01 (UTC). Carriers use tracking numbers again: a number means this
    /// shipment only together with its carrier and this day.
    public package(set) var labelDate: Int64?
    /// What the carrier charged.
    public package(set) var price: Money?
    public package(set) var bookedAt: Instant?
    public package(set) var handedOverAt: Instant?
    /// Why it ended before its journey; `nil` otherwise.
    public package(set) var endedBecause: String?
    public package(set) var tracking = TrackingState()

    package init(
        id: ShipmentID, orderID: OrderID, fulfillmentID: FulfillmentID, warehouseID: WarehouseID, country: String,
        totalGrams: Int, parcels: Int, value: Money, requestedAt: Instant
    ) {
        self.id = id
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.warehouseID = warehouseID
        self.country = country
        self.totalGrams = totalGrams
        self.parcels = parcels
        self.value = value
        self.requestedAt = requestedAt
    }

    /// What the shipment's status is to everybody.
    public var status: ShipmentStatus { label.isCancelled ? .cancelled : tracking.status }

    /// Neither handed over nor ending already.
    public var mayBeVoided: Bool {
        guard handedOverAt == nil else { return false }
        switch label {
        case .asked, .changingCarrier, .booked: return true
        case .stopping, .voiding, .voided, .voidRefused, .none: return false
        }
    }

    /// Which attempt left the label that exists; `nil` when there is none.
    public var labelAttempt: Int? { trackingNumber == nil ? nil : attempt }
}

/// What follows from a decision beside the new state.
public enum ShipmentAction: Sendable, Equatable {
    case publish(ShippingEvent)
    /// Ask this carrier, under this attempt's reference. With `yieldsWhenDown` the attempt is withdrawn at once when
    /// the carrier is known to be down and was certainly not asked.
    case book(carrier: String, attempt: Int, yieldsWhenDown: Bool)
    /// Ask the attempt back: it answers with its outcome, or that it certainly never happened.
    case withdraw(attempt: Int)
    /// Void the label that this attempt left.
    case void(carrier: String, attempt: Int)
    /// Wake ``Shipment/runOutOfPatience()`` then.
    case startPatience(until: Instant)
    case stopPatience
}

extension Instant {
    /// Days since 1970-01-01 (UTC).
    public var day: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
