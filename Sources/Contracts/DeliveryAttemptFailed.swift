import Kernel

/// Nobody opened, or the address was not found.
public struct DeliveryAttemptFailed: EventPayload {
    public static let type = "DeliveryAttemptFailed"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let attempt: Int
    public let reason: String
    public let occurredAt: Instant

    public init(
        orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, attempt: Int, reason: String,
        occurredAt: Instant
    ) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.attempt = attempt
        self.reason = reason
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("attempt", attempt)
        json.member("reason", reason)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        attempt = try json.requireInt("attempt")
        reason = try json.requireString("reason")
        occurredAt = try json.requireInstant("occurred_at")
    }
}
