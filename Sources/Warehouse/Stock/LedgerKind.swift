/// Why a stock counter changed.
///
/// Raw values are stored: never renumbered.
public enum LedgerKind: Int64, CaseIterable, Sendable {
    /// Goods came in.
    case receive = 1
    /// Kept for a cart.
    case hold = 2
    /// No longer kept for a cart: given up, or taken over by the cart's order.
    case release = 3
    /// No longer kept for a cart: its time ran out.
    case expire = 4
    /// Promised to an order.
    case allocate = 5
    /// No longer promised.
    case deallocate = 6
    /// Taken off the shelf.
    case pick = 7
    /// Put back on the shelf.
    case unpick = 8
    /// Left the building.
    case ship = 9
    /// A count was corrected; the only kind whose quantity may be negative.
    case adjust = 10
    case transferOut = 11
    case transferIn = 12
    /// Came back from a customer, to be looked at.
    case returnReceive = 13
    /// Looked at and good to be sold again.
    case restock = 14
    /// Thrown away.
    case scrap = 15

    /// As written in APIs and documents.
    public var name: String {
        switch self {
        case .receive: "receive"
        case .hold: "hold"
        case .release: "release"
        case .expire: "expire"
        case .allocate: "allocate"
        case .deallocate: "deallocate"
        case .pick: "pick"
        case .unpick: "unpick"
        case .ship: "ship"
        case .adjust: "adjust"
        case .transferOut: "transfer_out"
        case .transferIn: "transfer_in"
        case .returnReceive: "return_receive"
        case .restock: "restock"
        case .scrap: "scrap"
        }
    }

    /// The kind that takes this one back; `nil` when nothing does.
    public var reversedBy: Set<LedgerKind> {
        switch self {
        case .hold: [.release, .expire]
        case .allocate: [.deallocate]
        case .pick: [.unpick]
        default: []
        }
    }
}

/// A counter that ledger entries of some kinds choose: what is adjusted, or why returned goods are unavailable.
///
/// Raw values are stored: never renumbered.
public enum StockCounter: Int64, CaseIterable, Sendable {
    case onHand = 0
    case damaged = 1
    case qualityControl = 2
    case quarantined = 3
    case safety = 4
    /// Announced, not here yet; it never counts as available.
    case incoming = 5

    /// As written in APIs, documents and columns.
    public var name: String {
        switch self {
        case .onHand: "on_hand"
        case .damaged: "damaged"
        case .qualityControl: "quality_control"
        case .quarantined: "quarantined"
        case .safety: "safety"
        case .incoming: "incoming"
        }
    }
}

/// What an entry of one unit does to the counters: the ledger's meaning, in one place for deciding and for auditing.
public struct LedgerEffect: Sendable, Equatable {
    public var onHand = 0
    public var held = 0
    public var allocated = 0
    public var picked = 0
    /// For the entry's counter, unless that is `onHand`.
    public var counter = 0

    public init(_ kind: LedgerKind, _ counter: StockCounter) {
        switch kind {
        case .receive, .transferIn: onHand = 1
        case .hold: held = 1
        case .release, .expire: held = -1
        case .allocate: allocated = 1
        case .deallocate: allocated = -1
        case .pick: picked = 1
        case .unpick: picked = -1
        case .ship:
            onHand = -1
            allocated = -1
            picked = -1
        case .adjust: if counter == .onHand { onHand = 1 } else { self.counter = 1 }
        case .transferOut: onHand = -1
        case .returnReceive:
            onHand = 1
            if counter != .onHand { self.counter = 1 }
        case .restock: if counter != .onHand { self.counter = -1 }
        case .scrap:
            onHand = -1
            if counter != .onHand { self.counter = -1 }
        }
    }
}
