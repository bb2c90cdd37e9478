import Kernel

/// Reserve again: what a short pick left over. Request 1 is `OrderCreated` itself.
public struct StockReservationRequested: EventPayload {
    public static let type = "StockReservationRequested"
    public let orderID: OrderID
    public let request: Int
    public let lines: [LineDemand]
    public let destination: Destination
    public let excludedWarehouseID: WarehouseID?

    public init(
        orderID: OrderID, request: Int, lines: [LineDemand], destination: Destination,
        excludedWarehouseID: WarehouseID? = nil
    ) {
        self.orderID = orderID
        self.request = request
        self.lines = lines
        self.destination = destination
        self.excludedWarehouseID = excludedWarehouseID
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("request", request)
        json.member("lines", array: lines) { json, element in json.object { element.write(&$0) } }
        json.member("destination", object: { destination.write(&$0) })
        if let excludedWarehouseID { json.member("excluded_warehouse", excludedWarehouseID) }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        request = try json.requireInt("request")
        lines = try Array(try json.requireArray("lines")) { value throws(Fault) in try LineDemand(value) }
        destination = try Destination(json["destination"] ?? .null)
        excludedWarehouseID = json["excluded_warehouse"] == nil ? nil : try json.requireID("excluded_warehouse")
    }
}

/// Let go of everything reserved for the order that was not handed over.
public struct StockReleaseRequested: EventPayload {
    public static let type = "StockReleaseRequested"
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

/// Pick, pack and hand over this fulfillment order.
public struct FulfillmentRequested: EventPayload {
    public static let type = "FulfillmentRequested"
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

/// Stop this fulfillment order and put back what was picked.
public struct FulfillmentCancellationRequested: EventPayload {
    public static let type = "FulfillmentCancellationRequested"
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

/// Book a carrier for this fulfillment order's parcels.
public struct ShipmentRequested: EventPayload {
    public static let type = "ShipmentRequested"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let warehouseID: WarehouseID
    public let destination: Destination
    public let packages: [PackedPackage]
    public let value: Money

    public init(
        orderID: OrderID, fulfillmentID: FulfillmentID, warehouseID: WarehouseID, destination: Destination,
        packages: [PackedPackage], value: Money
    ) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.warehouseID = warehouseID
        self.destination = destination
        self.packages = packages
        self.value = value
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("warehouse", warehouseID)
        json.member("destination", object: { destination.write(&$0) })
        json.member("packages", array: packages) { json, element in json.object { element.write(&$0) } }
        json.member("value", value)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        warehouseID = try json.requireID("warehouse")
        destination = try Destination(json["destination"] ?? .null)
        packages = try Array(try json.requireArray("packages")) { value throws(Fault) in try PackedPackage(value) }
        value = try json.requireMoney("value")
    }
}

/// Void the shipment of this fulfillment order, booked or being booked.
public struct ShipmentCancellationRequested: EventPayload {
    public static let type = "ShipmentCancellationRequested"
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
