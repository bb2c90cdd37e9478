import Kernel

/// Why Warehouse says no. Nothing has changed then.
public enum WarehouseRejection: Rejection {
    /// More was asked for than can be promised.
    case insufficientStock([StockShortage])
    /// The count is not what the caller believed.
    case stockChanged(expected: Int, current: Int)
    /// The reference was used for another quantity of the same product in the same warehouse.
    case referenceReused(String)
    /// A quantity is outside 1–1,000,000,000, or more than there is in that place.
    case invalidQuantity(Int)
    case unknownProduct(ProductID)
    case unknownWarehouse(String)
    case unknownHold(HoldID)
    case unknownFulfillment(FulfillmentID)
    case unknownTask(WorkTaskID)
    /// Another warehouse has the code.
    case warehouseCodeTaken(String)
    /// Source and target of a transfer are the same.
    case sameWarehouse
    /// The hold's time ran out.
    case holdExpired(HoldID)
    /// The hold was released, or an order has taken it over.
    case holdClosed(HoldID)
    /// A hold longer than the operator allows, or not in the future.
    case invalidHoldDuration
    /// Work before it is not done yet.
    case taskNotReady(WorkTaskID)
    /// Done, short or cancelled.
    case taskClosed(WorkTaskID)
    /// The action does not exist for this kind of task.
    case actionNotPossible(WorkTaskID)
    /// A short completion in which every unit was found.
    case nothingMissing(WorkTaskID)
    case notPacked(FulfillmentID)
    /// No carrier was booked for the parcels yet.
    case notLabelled(FulfillmentID)
    case alreadyHandedOver(FulfillmentID)
    /// Cancelled, or closed with nothing in it.
    case fulfillmentClosed(FulfillmentID)
    /// No such return was approved, as far as Warehouse has heard.
    case unknownReturn(ReturnID)
    /// Received before, and something else was found then.
    case returnReceived(ReturnID)
    /// More units of a line than are expected: they were not asked for, or came back before.
    case unexpectedUnits(line: Int, reported: Int, expected: Int)
    /// Nothing was said about so many units of a line.
    case unitsUnaccounted(line: Int, quantity: Int)
    /// Units of the line that are not here are to be refunded.
    case notRefundable(Int)

    public var code: String {
        switch self {
        case .insufficientStock: "insufficient_stock"
        case .stockChanged: "stock_changed"
        case .referenceReused: "reference_reused"
        case .invalidQuantity: "invalid_quantity"
        case .unknownProduct: "unknown_product"
        case .unknownWarehouse: "unknown_warehouse"
        case .unknownHold: "unknown_hold"
        case .unknownFulfillment: "unknown_fulfillment"
        case .unknownTask: "unknown_task"
        case .warehouseCodeTaken: "warehouse_code_taken"
        case .sameWarehouse: "same_warehouse"
        case .holdExpired: "hold_expired"
        case .holdClosed: "hold_closed"
        case .invalidHoldDuration: "invalid_hold_duration"
        case .taskNotReady: "task_not_ready"
        case .taskClosed: "task_closed"
        case .actionNotPossible: "action_not_possible"
        case .nothingMissing: "nothing_missing"
        case .notPacked: "not_packed"
        case .notLabelled: "not_labelled"
        case .alreadyHandedOver: "already_handed_over"
        case .fulfillmentClosed: "fulfillment_closed"
        case .unknownReturn: "unknown_return"
        case .returnReceived: "return_already_received"
        case .unexpectedUnits: "unexpected_units"
        case .unitsUnaccounted: "units_unaccounted"
        case .notRefundable: "not_refundable"
        }
    }

    public var detail: String {
        switch self {
        case .insufficientStock(let shortages):
            "Not enough stock: "
                + shortages.map { "\($0.requested) of \($0.productID) requested, \($0.available) available" }
                .joined(separator: "; ") + "."
        case .stockChanged(let expected, let current): "The count is \(current), not \(expected)."
        case .referenceReused(let reference): "The reference '\(reference)' was used for another quantity."
        case .invalidQuantity(let quantity): "The quantity \(quantity) is not possible here."
        case .unknownProduct(let id): "There is no product \(id)."
        case .unknownWarehouse(let id): "There is no warehouse \(id)."
        case .unknownHold(let id): "There is no hold \(id)."
        case .unknownFulfillment(let id): "There is no fulfillment order \(id)."
        case .unknownTask(let id): "There is no work task \(id)."
        case .warehouseCodeTaken(let code): "Another warehouse has the code '\(code)'."
        case .sameWarehouse: "A transfer needs two warehouses."
        case .holdExpired(let id): "The hold \(id) has expired."
        case .holdClosed(let id): "The hold \(id) was released, or its order has taken it over."
        case .invalidHoldDuration: "The hold is too long, or ends in the past."
        case .taskNotReady(let id): "The work before \(id) is not done yet."
        case .taskClosed(let id): "The work task \(id) is closed."
        case .actionNotPossible(let id): "This cannot be done with the work task \(id)."
        case .nothingMissing(let id): "Every unit of \(id) was found."
        case .notPacked(let id): "The fulfillment order \(id) is not packed yet."
        case .notLabelled(let id): "No carrier is booked for the fulfillment order \(id) yet."
        case .alreadyHandedOver(let id): "The fulfillment order \(id) was handed over already."
        case .fulfillmentClosed(let id): "The fulfillment order \(id) is closed."
        case .unknownReturn(let id): "No return \(id) is expected."
        case .returnReceived(let id): "The return \(id) was received already, with another result."
        case .unexpectedUnits(let line, let reported, let expected):
            "\(reported) units of line \(line) are reported, \(expected) can have come."
        case .unitsUnaccounted(let line, let quantity):
            "Nothing is said about \(quantity) units of line \(line); report those that did not come as missing."
        case .notRefundable(let line): "Units of line \(line) that did not come cannot be refunded."
        }
    }
}

/// A line that cannot be served.
public struct StockShortage: Sendable, Equatable {
    public let productID: ProductID
    /// Where it was asked for; `nil` for all warehouses together.
    public let warehouseID: WarehouseID?
    public let requested: Int
    public let available: Int

    public init(productID: ProductID, warehouseID: WarehouseID? = nil, requested: Int, available: Int) {
        self.productID = productID
        self.warehouseID = warehouseID
        self.requested = requested
        self.available = available
    }
}
