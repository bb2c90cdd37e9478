import Kernel

/// A carrier took the booking: the label exists.
public struct ShipmentBooked: EventPayload {
    public static let type = "ShipmentBooked"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let carrier: String
    public let trackingNumber: String
    public let price: Money

    public init(
        orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, carrier: String, trackingNumber: String,
        price: Money
    ) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.price = price
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("carrier", carrier)
        json.member("tracking_number", trackingNumber)
        json.member("price", price)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        carrier = try json.requireString("carrier")
        trackingNumber = try json.requireString("tracking_number")
        price = try json.requireMoney("price")
    }
}

/// No carrier will take this shipment.
public struct ShipmentBookingFailed: EventPayload {
    public static let type = "ShipmentBookingFailed"
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

/// The shipment was voided before handover, or never booked.
public struct ShipmentCancelled: EventPayload {
    public static let type = "ShipmentCancelled"
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
