import Contracts
import Kernel

/// Units of an order that the customer sends back after their delivery.
public struct OrderReturn: Sendable, Equatable {
    /// Raw values are stored: never renumbered.
    public enum Status: Int64, Sendable, CaseIterable {
        /// Somebody has to decide.
        case requested = 1
        /// A warehouse expects the units.
        case approved = 2
        /// The units stay with the customer.
        case declined = 3
        /// The warehouse has received and inspected them; the refund is under way, or was refused.
        case inspected = 4
        case closed = 5

        public var name: String {
            switch self {
            case .requested: "requested"
            case .approved: "approved"
            case .declined: "declined"
            case .inspected: "inspected"
            case .closed: "closed"
            }
        }

        /// - Returns: `nil` for what is no status's name.
        public init?(name: String) {
            guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = status
        }
    }

    public let id: ReturnID
    public let units: [UnitRange]
    /// For people.
    public let reason: String
    public let requestedAt: Instant
    public var status: Status = .requested
    /// Where the units are expected; `nil` until approved.
    public var warehouseID: WarehouseID?
    /// Why it was declined; empty otherwise.
    public var declineReason = ""
    /// What the warehouse found; empty until then.
    public var inspected: [InspectedUnits] = []
    /// What was given back, minor units.
    public var refunded: Int64 = 0
    /// How often the provider was asked for the refund.
    public var refundTries = 0
    /// Why the provider refused the refund; empty otherwise.
    public var refundRefusal = ""
    public var updatedAt: Instant

    public init(id: ReturnID, units: [UnitRange], reason: String, requestedAt: Instant) {
        self.id = id
        self.units = units
        self.reason = reason
        self.requestedAt = requestedAt
        updatedAt = requestedAt
    }

    /// The units whose money goes back to the customer.
    public var refundedUnits: [UnitRange] {
        inspected.filter { $0.settlement == .refund && $0.disposition.isHere }.map(\.units).normalized
    }

    /// What a caller may ask for now.
    public var allowedActions: [String] {
        switch status {
        case .requested: ["approve", "decline"]
        case .approved: ["receive"]
        case .inspected: refundRefusal.isEmpty ? [] : ["retry_refund"]
        case .declined, .closed: []
        }
    }
}
