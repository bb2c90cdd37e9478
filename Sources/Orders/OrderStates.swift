/// Where an order is in its life; everything else is derived.
public enum OrderState: Int64, Sendable, CaseIterable {
    /// Durable; stock and payment are not certain yet.
    case placed = 1
    /// Stock is reserved and payment authorized.
    case confirmed = 2
    /// Warehouses work on it.
    case fulfilling = 3
    /// Everything was delivered, returned, lost or cancelled, and all money is settled.
    case completed = 4
    /// Ended before it was confirmed.
    case rejected = 5
    /// Ended with nothing handed over.
    case cancelled = 6

    public var isTerminal: Bool { rawValue >= OrderState.completed.rawValue }

    public var name: String {
        switch self {
        case .placed: "placed"
        case .confirmed: "confirmed"
        case .fulfilling: "fulfilling"
        case .completed: "completed"
        case .rejected: "rejected"
        case .cancelled: "cancelled"
        }
    }

    public init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }
}

/// Derived: how much of an order has left the warehouses.
public enum FulfillmentStatus: String, Sendable {
    case unfulfilled
    case inProgress = "in_progress"
    case partiallyFulfilled = "partially_fulfilled"
    case fulfilled
    case cancelled
}

/// Derived: whose money it is.
public enum PaymentStatus: String, Sendable {
    /// Nothing to pay.
    case none
    case pending
    case authorized
    case declined
    case partiallyCaptured = "partially_captured"
    case captured
    case partiallyRefunded = "partially_refunded"
    case refunded
    case voided
}

/// Derived: what came back.
public enum ReturnStatus: String, Sendable {
    case none
    case requested
    case approved
    case declined
    case inTransit = "in_transit"
    case received
    case partiallyRefunded = "partially_refunded"
    case refunded
}
