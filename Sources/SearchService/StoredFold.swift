import Kernel
import Orders

/// A fold as its row keeps it: JSON without what is as at the beginning.
extension OrderFold {
    var stored: [UInt8] {
        var json = JSONWriter(reserving: 512)
        json.object { json in
            json.member("events", events)
            json.member("updated", updatedAt.milliseconds)
            if let placedAt { json.member("placed", placedAt.milliseconds) }
            if !country.isEmpty { json.member("country", country) }
            if let holdID { json.member("hold", holdID) }
            json.member("units", units)
            json.member("state", state.rawValue)
            if isLate { json.member("late", true) }
            if cancellationsAsked > 0 { json.member("asked", cancellationsAsked) }
            if cancellationsRefused > 0 { json.member("refused", cancellationsRefused) }
            json.member("authorized", authorized)
            json.member("captured", captured)
            json.member("refunded", refunded)
            json.member("voided", voided)
            if isDeclined { json.member("declined", true) }
            json.member("shares", array: shares) { json, share in json.object { share.write(&$0) } }
            if !returns.isEmpty {
                json.member("returns", array: returns.sorted { $0.key < $1.key }) { json, element in
                    json.object { json in
                        json.member("id", element.key)
                        json.member("step", element.value.rawValue)
                    }
                }
            }
        }
        return json.bytes
    }

    init(stored bytes: [UInt8]) throws(Fault) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw Fault("malformed_document", retryable: false, "fold: \(error.reason.rawValue) at \(error.offset)")
        }
        self.init()
        events = try json.requireInteger("events")
        updatedAt = Instant(milliseconds: try json.requireInteger("updated"))
        placedAt = json["placed"]?.integer.map { Instant(milliseconds: $0) }
        country = json["country"]?.string ?? ""
        holdID = json["hold"] == nil ? nil : try json.requireID("hold")
        units = try json.requireInt("units")
        state = try Self.value(json, "state") { OrderState(rawValue: $0) }
        isLate = json["late"]?.bool ?? false
        cancellationsAsked = Int(json["asked"]?.integer ?? 0)
        cancellationsRefused = Int(json["refused"]?.integer ?? 0)
        authorized = try json.requireInteger("authorized")
        captured = try json.requireInteger("captured")
        refunded = try json.requireInteger("refunded")
        voided = try json.requireInteger("voided")
        isDeclined = json["declined"]?.bool ?? false
        for share in try json.requireArray("shares") { shares.append(try Share(stored: share)) }
        for element in json["returns"]?.array ?? [] {
            returns[try element.requireID("id")] = try Self.value(element, "step") { ReturnStep(rawValue: $0) }
        }
    }

    fileprivate static func value<Value>(
        _ json: JSONValue, _ name: String, _ make: (Int64) -> Value?
    ) throws(Fault) -> Value {
        let raw = try json.requireInteger(name)
        guard let value = make(raw) else {
            throw Fault("malformed_document", retryable: false, "fold: \(name) \(raw)")
        }
        return value
    }
}

extension OrderFold.Share {
    fileprivate func write(_ json: inout JSONWriter) {
        json.member("id", id)
        if let warehouseID { json.member("warehouse", warehouseID) }
        json.member("work", work.rawValue)
        if isShort { json.member("short", true) }
        if isRequested { json.member("requested", true) }
        if let shipment { json.member("shipment", shipment.rawValue) }
        if let carrier { json.member("carrier", carrier) }
        if !trackingNumbers.isEmpty { json.member("tracking", array: trackingNumbers) { $0.string($1) } }
        if let deliveredAt { json.member("delivered", deliveredAt.milliseconds) }
    }

    fileprivate init(stored json: JSONValue) throws(Fault) {
        self.init(id: try json.requireID("id"))
        warehouseID = json["warehouse"] == nil ? nil : try json.requireID("warehouse")
        work = try OrderFold.value(json, "work") { OrderFold.Work(rawValue: $0) }
        isShort = json["short"]?.bool ?? false
        isRequested = json["requested"]?.bool ?? false
        if json["shipment"] != nil {
            shipment = try OrderFold.value(json, "shipment") { ShipmentStatus(rawValue: $0) }
        }
        carrier = json["carrier"]?.string
        trackingNumbers = json["tracking"]?.array?.compactMap(\.string) ?? []
        deliveredAt = json["delivered"]?.integer.map { Instant(milliseconds: $0) }
    }
}
