import Contracts
import Kernel

/// What Warehouse decides on: as much of it as a batch of inputs names, or all of it in a test.
///
/// The behaviors are extensions, a file each under `Commands`. Each checks first and changes then: a rejection leaves
/// everything as it was. What they changed, and the events, are taken with ``takeChanges()``.
public struct WarehouseState: Sendable {
    public let policy: WarehousePolicy
    public var ids: WarehouseIDs

    /// In order of their ids.
    public private(set) var sites: [WarehouseSite] = []
    public internal(set) var products: [ProductID: ProductFacts] = [:]
    public internal(set) var stock = StockBook()
    public internal(set) var orders: [OrderID: OrderStanding] = [:]
    public internal(set) var fulfillments: [FulfillmentID: Fulfillment] = [:]
    /// Complete for each order that has an entry.
    public internal(set) var fulfillmentsOfOrder: [OrderID: [FulfillmentID]] = [:]
    public internal(set) var holds: [HoldID: Hold] = [:]
    /// Customers' returns.
    public internal(set) var returns: [ReturnID: ExpectedReturn] = [:]
    /// What a reference was used for.
    public internal(set) var references: [StockReference: Int] = [:]
    var distances: [GeoPoint: [Double]] = [:]

    var events: [WarehouseEvent] = []
    var tracked = TrackedChanges()

    public init(policy: WarehousePolicy, ids: WarehouseIDs) {
        self.policy = policy
        self.ids = ids
    }
}

/// What is remembered of an order.
public struct OrderStanding: Sendable, Equatable {
    /// The greatest reservation request that was answered; 0 when there was none.
    public var requests: Int
    /// Nothing of the order will be handed over.
    public var isStopped: Bool
    /// Orders waits for `StockReleased`, which waits for goods on their way back to the shelf.
    public var isReleaseAsked: Bool

    public init(requests: Int = 0, isStopped: Bool = false, isReleaseAsked: Bool = false) {
        self.requests = requests
        self.isStopped = isStopped
        self.isReleaseAsked = isReleaseAsked
    }
}

/// Somebody else's name for a movement, used once per product and warehouse.
public struct StockReference: Hashable, Sendable {
    public let text: String
    public let kind: LedgerKind
    public let key: StockKey

    public init(_ text: String, _ kind: LedgerKind, _ key: StockKey) {
        self.text = text
        self.kind = kind
        self.key = key
    }
}

/// Loading what is stored.
extension WarehouseState {
    public mutating func load(_ site: WarehouseSite) {
        sites.append(site)
        sites.sort { $0.id < $1.id }
        distances = [:]
    }

    public mutating func load(_ product: ProductFacts) { products[product.id] = product }
    public mutating func load(_ row: Stock) { stock.load(row) }
    public mutating func load(_ standing: OrderStanding, of id: OrderID) { orders[id] = standing }
    public mutating func load(_ hold: Hold) { holds[hold.id] = hold }
    public mutating func load(_ reference: StockReference, quantity: Int) { references[reference] = quantity }

    /// - Parameter isOfOrder: all fulfillment orders of its order are being loaded.
    public mutating func load(_ fulfillment: Fulfillment, isOfOrder: Bool) {
        if fulfillments[fulfillment.id] == nil { fulfillments[fulfillment.id] = fulfillment }
        if isOfOrder { fulfillmentsOfOrder[fulfillment.orderID, default: []].append(fulfillment.id) }
    }

    /// Says that the order has no other fulfillment orders than those loaded.
    public mutating func loadedFulfillments(of id: OrderID) {
        if fulfillmentsOfOrder[id] == nil { fulfillmentsOfOrder[id] = [] }
    }

    /// Adds units to a fulfillment order loaded before.
    public mutating func load(_ allocation: Allocation, of id: FulfillmentID) {
        fulfillments[id]?.lines.append(allocation)
    }

    func site(_ id: WarehouseID) -> WarehouseSite? { sites.first { $0.id == id } }

    mutating func publish(_ event: WarehouseEvent) { events.append(event) }
}
