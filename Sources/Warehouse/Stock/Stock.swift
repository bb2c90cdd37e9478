import Kernel

/// Which stock: a product in a warehouse.
public struct StockKey: Hashable, Comparable, Sendable {
    public let productID: ProductID
    public let warehouseID: WarehouseID

    public init(_ productID: ProductID, _ warehouseID: WarehouseID) {
        self.productID = productID
        self.warehouseID = warehouseID
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.productID, left.warehouseID) < (right.productID, right.warehouseID)
    }
}

/// The counts of one product in one warehouse, in units.
///
/// They change only by ledger entries, so each is the sum of its ledger.
public struct Stock: Sendable, Equatable {
    public let key: StockKey
    public internal(set) var onHand: Int
    /// For carts.
    public internal(set) var held: Int
    /// For orders, until handed over.
    public internal(set) var allocated: Int
    /// The part of `allocated` that is off the shelf.
    public internal(set) var picked: Int
    public internal(set) var damaged: Int
    public internal(set) var qualityControl: Int
    public internal(set) var quarantined: Int
    public internal(set) var safety: Int
    public internal(set) var incoming: Int
    /// How many ledger entries there are.
    public internal(set) var entries: Int

    public init(
        key: StockKey, onHand: Int = 0, held: Int = 0, allocated: Int = 0, picked: Int = 0, damaged: Int = 0,
        qualityControl: Int = 0, quarantined: Int = 0, safety: Int = 0, incoming: Int = 0, entries: Int = 0
    ) {
        self.key = key
        self.onHand = onHand
        self.held = held
        self.allocated = allocated
        self.picked = picked
        self.damaged = damaged
        self.qualityControl = qualityControl
        self.quarantined = quarantined
        self.safety = safety
        self.incoming = incoming
        self.entries = entries
    }

    /// On hand, but not to be sold.
    public var unavailable: Int { damaged + qualityControl + quarantined + safety }

    /// What can still be promised.
    public var available: Int { onHand - held - allocated - unavailable }

    /// No count is negative, nothing is promised twice, and only what is allocated is picked.
    public var isSound: Bool {
        onHand >= 0 && held >= 0 && allocated >= 0 && picked >= 0 && picked <= allocated && damaged >= 0
            && qualityControl >= 0 && quarantined >= 0 && safety >= 0 && incoming >= 0 && available >= 0
    }

    public subscript(_ counter: StockCounter) -> Int {
        get {
            switch counter {
            case .onHand: onHand
            case .damaged: damaged
            case .qualityControl: qualityControl
            case .quarantined: quarantined
            case .safety: safety
            case .incoming: incoming
            }
        }
        set {
            switch counter {
            case .onHand: onHand = newValue
            case .damaged: damaged = newValue
            case .qualityControl: qualityControl = newValue
            case .quarantined: quarantined = newValue
            case .safety: safety = newValue
            case .incoming: incoming = newValue
            }
        }
    }

    /// Changes the counts as an entry says.
    mutating func apply(_ kind: LedgerKind, _ counter: StockCounter, _ quantity: Int) {
        let effect = LedgerEffect(kind, counter)
        onHand += effect.onHand * quantity
        held += effect.held * quantity
        allocated += effect.allocated * quantity
        picked += effect.picked * quantity
        if effect.counter != 0 { self[counter] += effect.counter * quantity }
        entries += 1
    }
}
