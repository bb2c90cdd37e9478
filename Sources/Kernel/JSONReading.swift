/// Reading what we wrote ourselves (events, stored rows): anything unexpected is a fault, not a caller's mistake.
///
/// Every method reads one member of an object, and throws `malformed_document` when it is missing or of another kind.
extension JSONValue {
    private func missing(_ name: String, _ expected: String) -> Fault {
        Fault("malformed_document", retryable: false, "member '\(name)' is no \(expected)")
    }

    public func requireString(_ name: String) throws(Fault) -> String {
        guard let value = self[name]?.string else { throw missing(name, "string") }
        return value
    }

    public func requireInteger(_ name: String) throws(Fault) -> Int64 {
        guard let value = self[name]?.integer else { throw missing(name, "integer") }
        return value
    }

    public func requireInt(_ name: String) throws(Fault) -> Int { Int(try requireInteger(name)) }

    public func requireBool(_ name: String) throws(Fault) -> Bool {
        guard let value = self[name]?.bool else { throw missing(name, "boolean") }
        return value
    }

    public func requireArray(_ name: String) throws(Fault) -> [JSONValue] {
        guard let value = self[name]?.array else { throw missing(name, "array") }
        return value
    }

    public func requireID<Kind>(_ name: String, _: Kind.Type = Kind.self) throws(Fault) -> EntityID<Kind> {
        guard let text = self[name]?.string, let id = EntityID<Kind>(text: text) else {
            throw missing(name, "\(Kind.prefix) id")
        }
        return id
    }

    public func requireInstant(_ name: String) throws(Fault) -> Instant {
        guard let text = self[name]?.string, let instant = Instant(rfc3339: text) else {
            throw missing(name, "RFC 3339 time")
        }
        return instant
    }

    public func requireMoney(_ name: String) throws(Fault) -> Money {
        guard let value = self[name], let amount = value["amount"]?.integer, let code = value["currency"]?.string,
            let currency = Currency(code)
        else { throw missing(name, "money") }
        return Money(amount, currency)
    }

    public func requirePoint(_ name: String) throws(Fault) -> GeoPoint {
        guard let value = self[name], let latitude = value["lat"]?.number, let longitude = value["lng"]?.number,
            let point = GeoPoint(latitude: latitude, longitude: longitude)
        else { throw missing(name, "place") }
        return point
    }
}
