import Kernel

/// Collects everything that is wrong with a request, so that a caller learns all of it at once.
final class ErrorCollector {
    private(set) var errors: [FieldError] = []
    /// Beyond this many the rest is not worth listing.
    private static let limit = 50

    func add(_ pointer: String, _ detail: String) {
        if errors.count < Self.limit { errors.append(FieldError(pointer, detail)) }
    }

    /// The problem to throw, with all errors.
    var problem: Problem {
        Problem(.invalidRequest, "The request is well-formed but not valid; see errors.", errors: errors)
    }
}

/// Reads one JSON object of a request: every reading method notes what is wrong and goes on; ``finish()`` refuses the
/// members that nobody asked for.
///
/// Required members come as optionals: they are `nil` exactly when an error was noted.
final class RequestObject {
    let collector: ErrorCollector
    let pointer: String
    private let members: [JSONMember]
    private var asked: Set<String> = []

    /// - Parameter value: noted as an error unless it is an object.
    init(_ value: JSONValue, _ pointer: String = "", _ collector: ErrorCollector = ErrorCollector()) {
        self.collector = collector
        self.pointer = pointer
        if case .object(let members) = value {
            self.members = members
        } else {
            members = []
            collector.add(pointer, "must be an object")
        }
    }

    var isValid: Bool { collector.errors.isEmpty }
    var problem: Problem { collector.problem }

    /// Notes members that were not asked for.
    func finish() {
        for member in members where !asked.contains(member.name) {
            collector.add(pointer + "/" + Self.escape(member.name), "is not known here")
        }
    }

    /// Notes an error about a member.
    func refuse(_ name: String, _ detail: String) { collector.add(pointer + "/" + name, detail) }

    func has(_ name: String) -> Bool { members.contains { $0.name == name } }

    /// The member's value; `nil` when it is missing, noted when it is required. A null is no way to leave a member out:
    /// whoever writes one may mean to remove something.
    func value(_ name: String, required: Bool) -> JSONValue? {
        asked.insert(name)
        for member in members where member.name == name { return member.value }
        if required { refuse(name, "is required") }
        return nil
    }

    func string(_ name: String, required: Bool = true, length: ClosedRange<Int> = 1...256) -> String? {
        guard let value = value(name, required: required) else { return nil }
        guard let text = value.string else {
            refuse(name, "must be a string")
            return nil
        }
        guard length.contains(text.unicodeScalars.count) else {
            refuse(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
            return nil
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            refuse(name, "must not contain control characters")
            return nil
        }
        return text
    }

    func integer(_ name: String, required: Bool = true, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = value(name, required: required) else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            refuse(name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    func int(_ name: String, required: Bool = true, in range: ClosedRange<Int>) -> Int? {
        integer(name, required: required, in: Int64(range.lowerBound)...Int64(range.upperBound)).map(Int.init)
    }

    func bool(_ name: String, required: Bool = false) -> Bool? {
        guard let value = value(name, required: required) else { return nil }
        guard let bool = value.bool else {
            refuse(name, "must be true or false")
            return nil
        }
        return bool
    }

    /// A text that another type reads, such as an id, a SKU or a time.
    func parsed<Parsed>(
        _ name: String, required: Bool = true, _ expected: String, _ parse: (String) -> Parsed?
    ) -> Parsed? {
        guard let value = value(name, required: required) else { return nil }
        guard let text = value.string, let parsed = parse(text) else {
            refuse(name, "must be \(expected)")
            return nil
        }
        return parsed
    }

    func id<Kind: EntityKind>(_ name: String, _: Kind.Type = Kind.self, required: Bool = true) -> EntityID<Kind>? {
        parsed(name, required: required, "an id that begins with \(Kind.prefix)_") { EntityID<Kind>(text: $0) }
    }

    func sku(_ name: String, required: Bool = true) -> SKU? {
        parsed(name, required: required, "a SKU: 1 to 64 printable ASCII characters") { SKU($0) }
    }

    func instant(_ name: String, required: Bool = true) -> Instant? {
        parsed(name, required: required, "an RFC 3339 time with an offset") { Instant(rfc3339: $0) }
    }

    /// `{"amount": 1999, "currency": "EUR"}`, not negative.
    func money(_ name: String, required: Bool = true) -> Money? {
        guard let object = object(name, required: required) else { return nil }
        let amount = object.integer("amount", in: 0...1_000_000_000_000)
        let currency = object.parsed("currency", "a code of ISO 4217: three capital letters") { Currency($0) }
        object.finish()
        guard let amount, let currency else { return nil }
        return Money(amount, currency)
    }

    /// `{"lat": 52.5, "lng": 13.4}`.
    func point(_ name: String, required: Bool = true) -> GeoPoint? {
        guard let object = object(name, required: required) else { return nil }
        let latitude = object.coordinate("lat", limit: 90)
        let longitude = object.coordinate("lng", limit: 180)
        object.finish()
        guard let latitude, let longitude else { return nil }
        return GeoPoint(latitude: latitude, longitude: longitude)
    }

    private func coordinate(_ name: String, limit: Double) -> Double? {
        guard let value = value(name, required: true) else { return nil }
        guard let number = value.number, (-limit...limit).contains(number) else {
            refuse(name, "must be a number of degrees from \(Int(-limit)) to \(Int(limit))")
            return nil
        }
        return number
    }

    func object(_ name: String, required: Bool = true) -> RequestObject? {
        guard let value = value(name, required: required) else { return nil }
        return RequestObject(value, pointer + "/" + name, collector)
    }

    /// Each element of an array of objects, read and finished; `nil` unless every element could be read.
    func objects<Element>(
        _ name: String, required: Bool = true, count: ClosedRange<Int>, _ read: (RequestObject) -> Element?
    ) -> [Element]? {
        guard let elements = values(name, required: required, count: count) else { return nil }
        var result: [Element] = []
        result.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let object = RequestObject(element, "\(pointer)/\(name)/\(index)", collector)
            let read = read(object)
            object.finish()
            if let read { result.append(read) }
        }
        return result.count == elements.count ? result : nil
    }

    /// Each element of an array of texts.
    func strings<Element>(
        _ name: String, required: Bool = true, count: ClosedRange<Int>, _ expected: String,
        _ parse: (String) -> Element?
    ) -> [Element]? {
        guard let elements = values(name, required: required, count: count) else { return nil }
        var result: [Element] = []
        for (index, element) in elements.enumerated() {
            if let text = element.string, let parsed = parse(text) {
                result.append(parsed)
            } else {
                collector.add("\(pointer)/\(name)/\(index)", "must be \(expected)")
            }
        }
        return result.count == elements.count ? result : nil
    }

    /// The elements of an array, unread.
    func values(_ name: String, required: Bool = true, count: ClosedRange<Int>) -> [JSONValue]? {
        guard let value = value(name, required: required) else { return nil }
        guard let elements = value.array, count.contains(elements.count) else {
            refuse(name, "must be an array of \(count.lowerBound) to \(count.upperBound) elements")
            return nil
        }
        return elements
    }

    /// - Source: RFC 6901, section 3.
    private static func escape(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
