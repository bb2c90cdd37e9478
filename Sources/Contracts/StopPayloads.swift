import Kernel

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
