import Kernel

/// What is to be done with a fulfillment order on the floor.
///
/// Raw values are stored, and are the last two bits of a task's id.
public enum WorkKind: Int64, CaseIterable, Sendable {
    case pick = 0
    case pack = 1
    /// Picked goods of a cancelled fulfillment order go back to the shelf.
    case putBack = 2
    /// A parcel that came back is opened.
    case receive = 3

    public var name: String {
        switch self {
        case .pick: "pick"
        case .pack: "pack"
        case .putBack: "put_back"
        case .receive: "receive"
        }
    }
}

/// Raw values are stored: never renumbered.
public enum WorkStatus: Int64, CaseIterable, Sendable {
    case waiting = 0
    case ready = 1
    case assigned = 2
    case inProgress = 3
    case done = 4
    case short = 5
    case cancelled = 6

    public var name: String {
        switch self {
        case .waiting: "waiting"
        case .ready: "ready"
        case .assigned: "assigned"
        case .inProgress: "in_progress"
        case .done: "done"
        case .short: "short"
        case .cancelled: "cancelled"
        }
    }
}

/// A piece of work on the warehouse floor.
///
/// A fulfillment order has one open task at most, and one of each kind ever: its id is the fulfillment order's with the
/// kind in the last two bits, so neither has to be looked up from the other.
public struct WorkTask: Sendable, Equatable {
    public let kind: WorkKind
    public let fulfillmentID: FulfillmentID
    public let orderID: OrderID
    public let warehouseID: WarehouseID
    public let status: WorkStatus
    public let worker: String?
    /// Why it was short or cancelled.
    public let reason: String?
    /// When it became what it is.
    public let since: Instant

    public init(
        kind: WorkKind, fulfillmentID: FulfillmentID, orderID: OrderID, warehouseID: WarehouseID, status: WorkStatus,
        worker: String?, reason: String? = nil, since: Instant
    ) {
        self.kind = kind
        self.fulfillmentID = fulfillmentID
        self.orderID = orderID
        self.warehouseID = warehouseID
        self.status = status
        self.worker = worker
        self.reason = reason
        self.since = since
    }

    public var id: WorkTaskID { Self.id(kind, of: fulfillmentID) }

    /// What may be asked now.
    public var allowedActions: [String] {
        switch (status, kind) {
        case (.ready, .pick), (.assigned, .pick): ["assign", "start", "complete", "complete_short"]
        case (.inProgress, .pick): ["complete", "complete_short"]
        case (.ready, _), (.assigned, _): ["assign", "start", "complete"]
        case (.inProgress, _): ["complete"]
        default: []
        }
    }

    public static func id(_ kind: WorkKind, of fulfillmentID: FulfillmentID) -> WorkTaskID {
        WorkTaskID(rawValue: fulfillmentID.rawValue | kind.rawValue)
    }

    /// Takes a task's id apart.
    public static func parts(of id: WorkTaskID) -> (kind: WorkKind, fulfillmentID: FulfillmentID) {
        let kind: WorkKind =
            switch id.rawValue & 3 {
            case 0: .pick
            case 1: .pack
            case 2: .putBack
            default: .receive
            }
        return (kind, FulfillmentID(rawValue: id.rawValue & ~3))
    }
}
