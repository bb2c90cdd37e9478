import Kernel

/// A carrier saw the parcel: which one, and when.
public protocol ShipmentScan: EventPayload {
    var orderID: OrderID { get }
    var fulfillmentID: FulfillmentID { get }
    var shipmentID: ShipmentID { get }
    /// When the carrier saw it, which may be long before it told.
    var occurredAt: Instant { get }

    init(orderID: OrderID, fulfillmentID: FulfillmentID, shipmentID: ShipmentID, occurredAt: Instant)
}

extension ShipmentScan {
    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("shipment", shipmentID)
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(
            orderID: try json.requireID("order"), fulfillmentID: try json.requireID("fulfillment"),
            shipmentID: try json.requireID("shipment"), occurredAt: try json.requireInstant("occurred_at"))
    }
}

/// The carrier scanned the parcel for the first time.
public struct ShipmentAccepted: ShipmentScan {
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
}

/// The parcel moves.
public struct ShipmentInTransit: ShipmentScan {
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
}

/// The parcel is on the last van.
public struct ShipmentOutForDelivery: ShipmentScan {
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
}

/// The parcel waits for the customer at a shop or locker.
public struct ShipmentReadyForPickup: ShipmentScan {
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
}

/// The carrier keeps the parcel, for example at customs.
public struct ShipmentOnHold: ShipmentScan {
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
}

/// The parcel is at the door.
public struct ShipmentDelivered: ShipmentScan {
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
}

/// The carrier gave up and brings the parcel back.
public struct ShipmentReturning: ShipmentScan {
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
}

/// The parcel is back at the sender.
public struct ShipmentReturned: ShipmentScan {
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
}

/// The carrier lost or destroyed the parcel.
public struct ShipmentLost: ShipmentScan {
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
}
