import Kernel

/// A product was added to the catalog, or its facts changed.
public struct ProductRegistered: EventPayload {
    public static let type = "ProductRegistered"
    public let productID: ProductID
    public let sku: String
    public let name: String
    public let weightGrams: Int

    public init(productID: ProductID, sku: String, name: String, weightGrams: Int) {
        self.productID = productID
        self.sku = sku
        self.name = name
        self.weightGrams = weightGrams
    }

    public func write(_ json: inout JSONWriter) {
        json.member("product", productID)
        json.member("sku", sku)
        json.member("name", name)
        json.member("weight_grams", weightGrams)
    }

    public init(_ json: JSONValue) throws(Fault) {
        productID = try json.requireID("product")
        sku = try json.requireString("sku")
        name = try json.requireString("name")
        weightGrams = try json.requireInt("weight_grams")
    }
}

/// Who an order goes to was erased, name and address: whoever keeps a copy forgets it too.
public struct RecipientErased: EventPayload {
    public static let type = "RecipientErased"
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

/// An order was placed and is durable; Warehouse reserves for it, Shipping prepares rates.
public struct OrderCreated: EventPayload {
    public static let type = "OrderCreated"
    public let orderID: OrderID
    public let lines: [LineDemand]
    public let destination: Destination
    /// The cart's hold that the order takes over.
    public let holdID: HoldID?

    public init(orderID: OrderID, lines: [LineDemand], destination: Destination, holdID: HoldID? = nil) {
        self.orderID = orderID
        self.lines = lines
        self.destination = destination
        self.holdID = holdID
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("lines", array: lines) { json, element in json.object { element.write(&$0) } }
        json.member("destination", object: { destination.write(&$0) })
        if let holdID { json.member("hold", holdID) }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        lines = try Array(try json.requireArray("lines")) { value throws(Fault) in try LineDemand(value) }
        destination = try Destination(json["destination"] ?? .null)
        holdID = json["hold"] == nil ? nil : try json.requireID("hold")
    }
}

/// Stock is reserved and payment authorized: the shop may promise the order.
public struct OrderConfirmed: EventPayload {
    public static let type = "OrderConfirmed"
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

/// The order ends before confirmation; nothing is held and nothing charged.
public struct OrderRejected: EventPayload {
    public static let type = "OrderRejected"
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

/// Somebody wants the order, or the listed units of it, cancelled. Warehouse decides, since it knows what was handed over.
public struct OrderCancellationRequested: EventPayload {
    public static let type = "OrderCancellationRequested"
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

/// The order ends without anything handed over.
public struct OrderCancelled: EventPayload {
    public static let type = "OrderCancelled"
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

/// Every unit of the order was delivered, returned, lost or cancelled, and all money is settled.
public struct OrderCompleted: EventPayload {
    public static let type = "OrderCompleted"
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

/// The order is later than promised.
public struct OrderJeopardyRaised: EventPayload {
    public static let type = "OrderJeopardyRaised"
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

/// Some units of an order will not be shipped.
public struct UnitsCancelled: EventPayload {
    public static let type = "UnitsCancelled"
    public let orderID: OrderID
    public let units: [UnitRange]
    public let reason: String

    public init(orderID: OrderID, units: [UnitRange], reason: String) {
        self.orderID = orderID
        self.units = units
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
        reason = try json.requireString("reason")
    }
}
