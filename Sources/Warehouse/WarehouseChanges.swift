import Contracts
import Kernel

/// What a batch changed, for whoever stores it.
public struct WarehouseChanges: Sendable {
    /// In the order of the decisions, then the levels.
    public var events: [WarehouseEvent] = []
    public var newSites: [WarehouseSite] = []
    public var products: [ProductFacts] = []
    public var orders: [(OrderID, OrderStanding)] = []
    /// With all their units.
    public var newFulfillments: [Fulfillment] = []
    public var changedFulfillments: [Fulfillment] = []
    /// All their units are to be written again.
    public var reshapedFulfillments: [Fulfillment] = []
    /// Their units got a pick entry.
    public var pickedFulfillments: [Fulfillment] = []
    public var labels: [FulfillmentLabel] = []
    public var newHolds: [Hold] = []
    public var closedHolds: [Hold] = []
    /// With all their units.
    public var newReturns: [ExpectedReturn] = []
    /// All their units are to be written again.
    public var receivedReturns: [ExpectedReturn] = []
    public var references: [(StockReference, Int)] = []
    public var packages: [FulfillmentPackage] = []
    public var finishedTasks: [FinishedTask] = []
    public var stock: [Stock] = []
    public var entries: [LedgerEntry] = []
}

/// Who carries a fulfillment order's parcels.
public struct FulfillmentLabel: Sendable, Equatable {
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let carrier: String
    public let trackingNumber: String
}

/// Keys in the order of their first change, each once.
struct Touched<Key: Hashable & Sendable>: Sendable {
    private(set) var keys: [Key] = []
    private var seen: Set<Key> = []

    mutating func insert(_ key: Key) {
        if seen.insert(key).inserted { keys.append(key) }
    }

    func contains(_ key: Key) -> Bool { seen.contains(key) }
}

/// What is different from what was loaded.
struct TrackedChanges: Sendable {
    var newSites: [WarehouseSite] = []
    var products = Touched<ProductID>()
    var orders = Touched<OrderID>()
    var newFulfillments = Touched<FulfillmentID>()
    var changedFulfillments = Touched<FulfillmentID>()
    var reshapedFulfillments = Touched<FulfillmentID>()
    var pickedFulfillments = Touched<FulfillmentID>()
    var labels: [FulfillmentLabel] = []
    var newHolds = Touched<HoldID>()
    var closedHolds = Touched<HoldID>()
    var newReturns = Touched<ReturnID>()
    var receivedReturns = Touched<ReturnID>()
    var references: [StockReference] = []
    var packages: [FulfillmentPackage] = []
    var finishedTasks: [FinishedTask] = []
}

extension WarehouseState {
    /// Takes what has changed since the last time, and states the new levels: one `StockLevelChanged` per product and
    /// warehouse whose count or availability is another than before the batch.
    public mutating func takeChanges() -> WarehouseChanges {
        var changes = WarehouseChanges()
        let (stock, levels, entries) = stock.takeChanges()
        changes.stock = stock
        changes.entries = entries
        for level in levels {
            publish(
                .stockLevelChanged(
                    StockLevelChanged(
                        productID: level.key.productID, warehouseID: level.key.warehouseID, onHand: level.onHand,
                        available: level.available)))
        }
        changes.events = events
        changes.newSites = tracked.newSites
        changes.products = tracked.products.keys.compactMap { products[$0] }
        changes.orders = tracked.orders.keys.compactMap { id in orders[id].map { (id, $0) } }
        takeFulfillments(into: &changes)
        changes.newHolds = tracked.newHolds.keys.compactMap { holds[$0] }
        changes.closedHolds = tracked.closedHolds.keys.compactMap { holds[$0] }
        changes.newReturns = tracked.newReturns.keys.compactMap { returns[$0] }
        changes.receivedReturns = tracked.receivedReturns.keys.compactMap { id in
            tracked.newReturns.contains(id) ? nil : returns[id]
        }
        changes.references = tracked.references.compactMap { key in references[key].map { (key, $0) } }
        changes.packages = tracked.packages
        changes.finishedTasks = tracked.finishedTasks
        changes.labels = tracked.labels
        events = []
        tracked = TrackedChanges()
        return changes
    }

    private func takeFulfillments(into changes: inout WarehouseChanges) {
        changes.newFulfillments = tracked.newFulfillments.keys.compactMap { fulfillments[$0] }
        func old(_ touched: Touched<FulfillmentID>) -> [Fulfillment] {
            touched.keys.compactMap { tracked.newFulfillments.contains($0) ? nil : fulfillments[$0] }
        }
        changes.changedFulfillments = old(tracked.changedFulfillments)
        changes.reshapedFulfillments = old(tracked.reshapedFulfillments)
        changes.pickedFulfillments = old(tracked.pickedFulfillments).filter {
            !tracked.reshapedFulfillments.contains($0.id)
        }
    }

    /// Keeps a changed fulfillment order.
    mutating func save(_ fulfillment: Fulfillment) {
        fulfillments[fulfillment.id] = fulfillment
        tracked.changedFulfillments.insert(fulfillment.id)
    }

    mutating func changeOrder(_ id: OrderID, _ change: (inout OrderStanding) -> Void) {
        // An order that was never heard of has no fulfillment orders.
        if orders[id] == nil { loadedFulfillments(of: id) }
        change(&orders[id, default: OrderStanding()])
        tracked.orders.insert(id)
    }
}
