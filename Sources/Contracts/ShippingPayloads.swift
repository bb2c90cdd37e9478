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

/// The carrier scanned the parcel for the first time.
public struct ShipmentAccepted: EventPayload {
    public static let type = "ShipmentAccepted"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The parcel moves.
public struct ShipmentInTransit: EventPayload {
    public static let type = "ShipmentInTransit"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The parcel is on the last van.
public struct ShipmentOutForDelivery: EventPayload {
    public static let type = "ShipmentOutForDelivery"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The parcel waits for the customer at a shop or locker.
public struct ShipmentReadyForPickup: EventPayload {
    public static let type = "ShipmentReadyForPickup"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The carrier keeps the parcel, for example at customs.
public struct ShipmentOnHold: EventPayload {
    public static let type = "ShipmentOnHold"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

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

/// The parcel is at the door.
public struct ShipmentDelivered: EventPayload {
    public static let type = "ShipmentDelivered"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The carrier gave up and brings the parcel back.
public struct ShipmentReturning: EventPayload {
    public static let type = "ShipmentReturning"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The parcel is back at the sender.
public struct ShipmentReturned: EventPayload {
    public static let type = "ShipmentReturned"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// The carrier lost or destroyed the parcel.
public struct ShipmentLost: EventPayload {
    public static let type = "ShipmentLost"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let shipmentID: ShipmentID
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.shipmentID = shipmentID
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        shipmentID = try json.requireID("shipment")
        occurredAt = try json.requireInstant("occurred_at")
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
