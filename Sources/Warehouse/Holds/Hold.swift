import Kernel

/// Raw values are stored: never renumbered.
public enum HoldStatus: Int64, CaseIterable, Sendable {
    case held = 1
    case released = 2
    case expired = 3
    /// An order has taken it over.
    case converted = 4

    public var name: String {
        switch self {
        case .held: "held"
        case .released: "released"
        case .expired: "expired"
        case .converted: "converted"
        }
    }
}

/// Stock kept for a cart before checkout.
public struct Hold: Sendable, Equatable {
    public let id: HoldID
    /// The shop's name for the cart.
    public let cart: String
    public let createdAt: Instant
    public let expiresAt: Instant
    public internal(set) var status: HoldStatus
    public internal(set) var orderID: OrderID?
    public let lines: [HoldLine]

    public init(
        id: HoldID, cart: String, createdAt: Instant, expiresAt: Instant, status: HoldStatus, orderID: OrderID?,
        lines: [HoldLine]
    ) {
        self.id = id
        self.cart = cart
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.status = status
        self.orderID = orderID
        self.lines = lines
    }

    /// Keeps stock at this moment.
    public func isLive(at now: Instant) -> Bool { status == .held && expiresAt > now }

    public var allowedActions: [String] { status == .held ? ["release"] : [] }
}

/// Units of a product kept in one warehouse.
public struct HoldLine: Sendable, Equatable {
    public let key: StockKey
    public let quantity: Int
    /// The ledger entry that holds them.
    public let entry: Int

    public init(key: StockKey, quantity: Int, entry: Int) {
        self.key = key
        self.quantity = quantity
        self.entry = entry
    }
}
