import Kernel

/// Every unit of the fulfillment order is off the shelf.
public struct FulfillmentPicked: EventPayload {
    public static let type = "FulfillmentPicked"
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

/// Units were not found on the shelf: they leave the fulfillment order, the remaining ones go on.
public struct FulfillmentShort: EventPayload {
    public static let type = "FulfillmentShort"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let warehouseID: WarehouseID
    public let reason: String
    public let missing: [LineDemand]
    public let remaining: Int

    public init(
        orderID: OrderID, fulfillmentID: FulfillmentID, warehouseID: WarehouseID, reason: String, missing: [LineDemand],
        remaining: Int
    ) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.warehouseID = warehouseID
        self.reason = reason
        self.missing = missing
        self.remaining = remaining
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("warehouse", warehouseID)
        json.member("reason", reason)
        json.member("missing", array: missing) { json, element in json.object { element.write(&$0) } }
        json.member("remaining", remaining)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        warehouseID = try json.requireID("warehouse")
        reason = try json.requireString("reason")
        missing = try Array(try json.requireArray("missing")) { value throws(Fault) in try LineDemand(value) }
        remaining = try json.requireInt("remaining")
    }
}

/// The parcels are closed and weighed.
public struct FulfillmentPacked: EventPayload {
    public static let type = "FulfillmentPacked"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let packages: [PackedPackage]

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, packages: [PackedPackage]) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.packages = packages
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("packages", array: packages) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        packages = try Array(try json.requireArray("packages")) { value throws(Fault) in try PackedPackage(value) }
    }
}

/// The carrier has the parcels: the pivot.
public struct FulfillmentHandedOver: EventPayload {
    public static let type = "FulfillmentHandedOver"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let units: [UnitRange]
    public let occurredAt: Instant

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, units: [UnitRange], occurredAt: Instant) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.units = units
        self.occurredAt = occurredAt
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
        json.member("occurred_at", occurredAt)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
        occurredAt = try json.requireInstant("occurred_at")
    }
}

/// Some units were taken out of the fulfillment order before they were picked.
public struct FulfillmentReduced: EventPayload {
    public static let type = "FulfillmentReduced"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let units: [UnitRange]
    public let remaining: Int
    public let reason: String

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, units: [UnitRange], remaining: Int, reason: String) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.units = units
        self.remaining = remaining
        self.reason = reason
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
        json.member("remaining", remaining)
        json.member("reason", reason)
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
        remaining = try json.requireInt("remaining")
        reason = try json.requireString("reason")
    }
}

/// The fulfillment order was stopped before handover; what was picked is on its way back to the shelf.
public struct FulfillmentCancelled: EventPayload {
    public static let type = "FulfillmentCancelled"
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

/// What was picked for a cancelled fulfillment order is on the shelf again.
public struct FulfillmentPutBack: EventPayload {
    public static let type = "FulfillmentPutBack"
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

/// A parcel that came back was received and put to stock, or scrapped.
public struct ReturnRestocked: EventPayload {
    public static let type = "ReturnRestocked"
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let units: [UnitRange]

    public init(orderID: OrderID, fulfillmentID: FulfillmentID, units: [UnitRange]) {
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.units = units
    }

    public func write(_ json: inout JSONWriter) {
        json.member("order", orderID)
        json.member("fulfillment", fulfillmentID)
        json.member("units", array: units) { json, element in json.object { element.write(&$0) } }
    }

    public init(_ json: JSONValue) throws(Fault) {
        orderID = try json.requireID("order")
        fulfillmentID = try json.requireID("fulfillment")
        units = try Array(try json.requireArray("units")) { value throws(Fault) in try UnitRange(value) }
    }
}
