import Kernel

/// All lines of a reservation request are allocated, split into fulfillment orders.
public struct StockReserved: EventPayload {
    public static let type = "StockReserved"
    public let orderID: OrderID
    public let request: Int
    public let fulfillments: [FulfillmentPlan]

    public init(orderID: OrderID, request: Int, fulfillments: [FulfillmentPlan]) {
        self.orderID = orderID
        self.request = request
        self.fulfillments = fulfillments
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("request", request)
        json.member("fulfillments", array: fulfillments) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        request = try json.requireInt("request")
        fulfillments = try Array(try json.requireArray("fulfillments")) { value throws(Fault) in
            try FulfillmentPlan(value)
        }
    }
}

/// Not all lines of a reservation request can be had; nothing was allocated.
public struct StockReservationRejected: EventPayload {
    public static let type = "StockReservationRejected"
    public let orderID: OrderID
    public let request: Int
    public let lines: [LineShortage]

    public init(orderID: OrderID, request: Int, lines: [LineShortage]) {
        self.orderID = orderID
        self.request = request
        self.lines = lines
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("request", request)
        json.member("lines", array: lines) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        request = try json.requireInt("request")
        lines = try Array(try json.requireArray("lines")) { value throws(Fault) in try LineShortage(value) }
    }
}

/// Nothing is reserved for the order any more, except what was handed over.
public struct StockReleased: EventPayload {
    public static let type = "StockReleased"
    public let orderID: OrderID

    public init(orderID: OrderID) {
        self.orderID = orderID
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
    }
}

/// Every unit of the fulfillment order is off the shelf.
public struct FulfillmentPicked: EventPayload {
    public static let type = "FulfillmentPicked"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID

    public init(orderID: OrderID, fulfillmentID: FulfillmentID) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
    }
}

/// Units were not found on the shelf: they leave the fulfillment order, the remaining ones go on.
public struct FulfillmentShort: EventPayload {
    public static let type = "FulfillmentShort"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let warehouseID: WarehouseID
    public let reason: String
    public let missing: [LineDemand]
    public let remaining: Int

    public init(
        orderID: OrderID, fulfillmentID: FulfillmentID, warehouseID: WarehouseID, reason: String, missing: [LineDemand],
        remaining: Int
    ) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.warehouseID = warehouseID
        self.reason = reason
        self.missing = missing
        self.remaining = remaining
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("warehouse", warehouseID)
        json.member("reason", reason)
        json.member("missing", array: missing) { json, element in json.object { element.write(&$0) } }
        json.member("remaining", remaining)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        warehouseID = try json.requireID("warehouse")
        reason = try json.requireString("reason")
        missing = try Array(try json.requireArray("missing")) { value throws(Fault) in try LineDemand(value) }
        remaining = try json.requireInt("remaining")
    }
}

/// The parcels are closed and weighed.
public struct FulfillmentPacked: EventPayload {
    public static let type = "FulfillmentPacked"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let packages: [PackedPackage]

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, packages: [PackedPackage]) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.packages = packages
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("packages", array: packages) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        packages = try Array(try json.requireArray("packages")) { value throws(Fault) in try PackedPackage(value) }
    }
}

/// The carrier has the parcels: the pivot.
public struct FulfillmentHandedOver: EventPayload {
    public static let type = "FulfillmentHandedOver"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let units: [UnitRange]
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, units: [UnitRange], occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.units = units
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The fulfillment order was stopped before handover; what was picked is on its way back to the shelf.
public struct FulfillmentCancelled: EventPayload {
    public static let type = "FulfillmentCancelled"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let reason: String

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, reason: String) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        reason = try json.requireString("reason")
    }
}

/// Some units were taken out of the fulfillment order before they were picked.
public struct FulfillmentReduced: EventPayload {
    public static let type = "FulfillmentReduced"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let units: [UnitRange]
    public let remaining: Int
    public let reason: String

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, units: [UnitRange], remaining: Int, reason: String) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.units = units
        self.remaining = remaining
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
        json.member("remaining", remaining)
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
        remaining = try json.requireInt("remaining")
        reason = try json.requireString("reason")
    }
}

/// Answer to a cancellation: nothing of the order was handed over, and nothing will be.
public struct OrderStopped: EventPayload {
    public static let type = "OrderStopped"
    public let orderID: OrderID
    public let reason: String

    public init(orderID: OrderID, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        reason = try json.requireString("reason")
    }
}

/// Answer to a cancellation: it came too late. Nothing was changed.
public struct CancellationRefused: EventPayload {
    public static let type = "CancellationRefused"
    public let orderID: OrderID
    public let reason: String
    public let units: [UnitRange]

    public init(orderID: OrderID, reason: String, units: [UnitRange]) {
        self.orderID = orderID
        self.reason = reason
        self.units = units
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("reason", reason)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        reason = try json.requireString("reason")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
    }
}

/// What was picked for a cancelled fulfillment order is on the shelf again.
public struct FulfillmentPutBack: EventPayload {
    public static let type = "FulfillmentPutBack"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID

    public init(orderID: OrderID, fulfillmentID: FulfillmentID) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
    }
}

/// A parcel that came back was received and put to stock, or scrapped.
public struct ReturnRestocked: EventPayload {
    public static let type = "ReturnRestocked"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let units: [UnitRange]

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, units: [UnitRange]) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.units = units
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
    }
}

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
