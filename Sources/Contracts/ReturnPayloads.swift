import Kernel

/// A customer wants to send delivered units back.
public struct ReturnRequested: EventPayload {
    public static let type = "ReturnRequested"
    public let orderID: OrderID
    public let returnID: ReturnID
    public let units: [UnitRange]
    public let reason: String

    public init(orderID: OrderID, returnID: ReturnID, units: [UnitRange], reason: String) {
        self.orderID = orderID
        self.returnID = returnID
        self.units = units
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("return", returnID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        returnID = try json.requireID("return")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
        reason = try json.requireString("reason")
    }
}

/// The customer may send the units; the named warehouse expects them.
public struct ReturnApproved: EventPayload {
    public static let type = "ReturnApproved"
    public let orderID: OrderID
    public let returnID: ReturnID
    public let warehouseID: WarehouseID
    public let lines: [LineDemand]

    public init(orderID: OrderID, returnID: ReturnID, warehouseID: WarehouseID, lines: [LineDemand]) {
        self.orderID = orderID
        self.returnID = returnID
        self.warehouseID = warehouseID
        self.lines = lines
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("return", returnID)
        json.member("warehouse", warehouseID)
        json.member("lines", array: lines) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        returnID = try json.requireID("return")
        warehouseID = try json.requireID("warehouse")
        lines = try Array(try json.requireArray("lines")) { value throws(Fault) in try LineDemand(value) }
    }
}

/// The units stay with the customer, who may ask again.
public struct ReturnDeclined: EventPayload {
    public static let type = "ReturnDeclined"
    public let orderID: OrderID
    public let returnID: ReturnID
    public let reason: String

    public init(orderID: OrderID, returnID: ReturnID, reason: String) {
        self.orderID = orderID
        self.returnID = returnID
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("return", returnID)
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        returnID = try json.requireID("return")
        reason = try json.requireString("reason")
    }
}

/// The units are dealt with and what is owed for them was given back.
public struct ReturnClosed: EventPayload {
    public static let type = "ReturnClosed"
    public let orderID: OrderID
    public let returnID: ReturnID
    public let refunded: Money

    public init(orderID: OrderID, returnID: ReturnID, refunded: Money) {
        self.orderID = orderID
        self.returnID = returnID
        self.refunded = refunded
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("return", returnID)
        json.member("refunded", refunded)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        returnID = try json.requireID("return")
        refunded = try json.requireMoney("refunded")
    }
}

/// What a customer sent back was counted and inspected: every unit of the return is listed once.
public struct ReturnReceived: EventPayload {
    public static let type = "ReturnReceived"
    public let orderID: OrderID
    public let returnID: ReturnID
    public let warehouseID: WarehouseID
    public let units: [InspectedUnits]

    public init(orderID: OrderID, returnID: ReturnID, warehouseID: WarehouseID, units: [InspectedUnits]) {
        self.orderID = orderID
        self.returnID = returnID
        self.warehouseID = warehouseID
        self.units = units
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("return", returnID)
        json.member("warehouse", warehouseID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        returnID = try json.requireID("return")
        warehouseID = try json.requireID("warehouse")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try InspectedUnits(value) }
    }
}
