import Contracts
import Kernel

/// One warehouse's share of an order.
public struct Fulfillment: Sendable, Equatable {
    public let id: FulfillmentID
    public let orderID: OrderID
    public let warehouseID: WarehouseID
    /// The reservation request that made it, from 1.
    public let request: Int
    public let createdAt: Instant
    public internal(set) var step: FulfillmentStep
    /// Of the step's task; `waiting` when the step has none.
    public internal(set) var taskStatus: WorkStatus
    public internal(set) var worker: String?
    /// When it came to this step.
    public internal(set) var since: Instant
    /// How many units it has.
    public internal(set) var unitCount: Int
    /// Its carrier brought the parcels back before anybody noted that it had taken them.
    public internal(set) var cameBackEarly: Bool
    /// Its units; empty when a decision was expected not to need them.
    public internal(set) var lines: [Allocation]

    public init(
        id: FulfillmentID, orderID: OrderID, warehouseID: WarehouseID, request: Int, createdAt: Instant,
        step: FulfillmentStep, taskStatus: WorkStatus, worker: String?, since: Instant, unitCount: Int,
        cameBackEarly: Bool = false, lines: [Allocation] = []
    ) {
        self.id = id
        self.orderID = orderID
        self.warehouseID = warehouseID
        self.request = request
        self.createdAt = createdAt
        self.step = step
        self.taskStatus = taskStatus
        self.worker = worker
        self.since = since
        self.unitCount = unitCount
        self.cameBackEarly = cameBackEarly
        self.lines = lines
    }

    func stockKey(_ allocation: Allocation) -> StockKey { StockKey(allocation.productID, warehouseID) }

    var units: [UnitRange] { lines.map(\.units) }

    mutating func move(to step: FulfillmentStep, at now: Instant) {
        self.step = step
        taskStatus = step.work == nil ? .waiting : .ready
        worker = nil
        since = now
    }

    /// The open task of the step; `nil` when there is none.
    public var task: WorkTask? {
        step.work.map { kind in
            WorkTask(
                kind: kind, fulfillmentID: id, orderID: orderID, warehouseID: warehouseID, status: taskStatus,
                worker: worker, since: since)
        }
    }
}

/// Units of one order line that are allocated in a warehouse.
public struct Allocation: Sendable, Equatable {
    public let line: Int
    public let productID: ProductID
    /// The first unit's place within the line.
    public let first: Int
    public var quantity: Int
    /// The ledger entry that allocated them.
    public let entry: Int
    /// The ledger entry that picked them.
    public var pickEntry: Int?

    public init(line: Int, productID: ProductID, first: Int, quantity: Int, entry: Int, pickEntry: Int? = nil) {
        self.line = line
        self.productID = productID
        self.first = first
        self.quantity = quantity
        self.entry = entry
        self.pickEntry = pickEntry
    }

    public var units: UnitRange { UnitRange(line: line, first: first, count: quantity) }

    var demand: LineDemand { LineDemand(line: line, productID: productID, first: first, quantity: quantity) }

    /// Takes units out, wherever they lie.
    /// - Returns: the parts that stay, none to two, and how many units went.
    func removing(_ range: UnitRange) -> (kept: [Allocation], removed: Int) {
        let start = max(first, range.first)
        let end = min(first + quantity, range.first + range.count)
        guard range.line == line, start < end else { return ([self], 0) }
        let parts = [(first, start - first), (end, first + quantity - end)].filter { $0.1 > 0 }
        let kept = parts.map {
            Allocation(
                line: line, productID: productID, first: $0.0, quantity: $0.1, entry: entry, pickEntry: pickEntry)
        }
        return (kept, end - start)
    }
}
