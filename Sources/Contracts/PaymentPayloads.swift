import Kernel

/// The provider holds the amount for us.
public struct PaymentAuthorized: EventPayload {
    public static let type = "PaymentAuthorized"
    public let orderID: OrderID
    public let amount: Money

    public init(orderID: OrderID, amount: Money) {
        self.orderID = orderID
        self.amount = amount
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("amount", amount)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        amount = try json.requireMoney("amount")
    }
}

/// The provider refused to authorize.
public struct PaymentDeclined: EventPayload {
    public static let type = "PaymentDeclined"
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

/// Money was taken for what was handed over; without a fulfillment, for charges alone.
public struct PaymentCaptured: EventPayload {
    public static let type = "PaymentCaptured"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID?
    public let amount: Money

    public init(orderID: OrderID, fulfillmentID: FulfillmentID? = nil, amount: Money) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.amount = amount
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        if let fulfillmentID { json.member("fulfillment", fulfillmentID) }
        json.member("amount", amount)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = json["fulfillment"] == nil ? nil : try json.requireID("fulfillment")
        amount = try json.requireMoney("amount")
    }
}

/// What was authorized and not captured was let go.
public struct PaymentVoided: EventPayload {
    public static let type = "PaymentVoided"
    public let orderID: OrderID
    public let amount: Money

    public init(orderID: OrderID, amount: Money) {
        self.orderID = orderID
        self.amount = amount
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("amount", amount)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        amount = try json.requireMoney("amount")
    }
}

/// Captured money was given back: for a fulfillment order that came back or was lost, or for a customer's return.
public struct PaymentRefunded: EventPayload {
    public static let type = "PaymentRefunded"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID?
    public let returnID: ReturnID?
    public let amount: Money
    public let reason: String

    public init(
        orderID: OrderID, fulfillmentID: FulfillmentID? = nil, returnID: ReturnID? = nil, amount: Money, reason: String
    ) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.returnID = returnID
        self.amount = amount
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        if let fulfillmentID { json.member("fulfillment", fulfillmentID) }
        if let returnID { json.member("return", returnID) }
        json.member("amount", amount)
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = json["fulfillment"] == nil ? nil : try json.requireID("fulfillment")
        returnID = json["return"] == nil ? nil : try json.requireID("return")
        amount = try json.requireMoney("amount")
        reason = try json.requireString("reason")
    }
}
