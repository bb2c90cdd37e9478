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
