import Kernel

/// Goods came in.
public struct StockReceived: EventPayload {
    public static let type = "StockReceived"
    public let productID: ProductID
    public let warehouseID: WarehouseID
    public let quantity: Int
    public let reference: String

    public init(productID: ProductID, warehouseID: WarehouseID, quantity: Int, reference: String) {
        self.productID = productID
        self.warehouseID = warehouseID
        self.quantity = quantity
        self.reference = reference
    }

    public func write(_ json: inout JSONWriter) {
        json.member("product", productID)
        json.member("warehouse", warehouseID)
        json.member("quantity", quantity)
        json.member("reference", reference)
    }

    public init(_ json: JSONValue) throws(Fault) {
        productID = try json.requireID("product")
        warehouseID = try json.requireID("warehouse")
        quantity = try json.requireInt("quantity")
        reference = try json.requireString("reference")
    }
}

/// A person corrected the count.
public struct StockAdjusted: EventPayload {
    public static let type = "StockAdjusted"
    public let productID: ProductID
    public let warehouseID: WarehouseID
    public let delta: Int
    public let reference: String

    public init(productID: ProductID, warehouseID: WarehouseID, delta: Int, reference: String) {
        self.productID = productID
        self.warehouseID = warehouseID
        self.delta = delta
        self.reference = reference
    }

    public func write(_ json: inout JSONWriter) {
        json.member("product", productID)
        json.member("warehouse", warehouseID)
        json.member("delta", delta)
        json.member("reference", reference)
    }

    public init(_ json: JSONValue) throws(Fault) {
        productID = try json.requireID("product")
        warehouseID = try json.requireID("warehouse")
        delta = try json.requireInt("delta")
        reference = try json.requireString("reference")
    }
}

/// What is available now; one per batch of changes, the latest counts.
public struct StockLevelChanged: EventPayload {
    public static let type = "StockLevelChanged"
    public let productID: ProductID
    public let warehouseID: WarehouseID
    public let onHand: Int
    public let available: Int

    public init(productID: ProductID, warehouseID: WarehouseID, onHand: Int, available: Int) {
        self.productID = productID
        self.warehouseID = warehouseID
        self.onHand = onHand
        self.available = available
    }

    public func write(_ json: inout JSONWriter) {
        json.member("product", productID)
        json.member("warehouse", warehouseID)
        json.member("on_hand", onHand)
        json.member("available", available)
    }

    public init(_ json: JSONValue) throws(Fault) {
        productID = try json.requireID("product")
        warehouseID = try json.requireID("warehouse")
        onHand = try json.requireInt("on_hand")
        available = try json.requireInt("available")
    }
}
