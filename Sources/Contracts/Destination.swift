import Kernel

/// Where an order goes, as coarsely as choosing a warehouse and a tariff needs it.
public struct Destination: Sendable, Equatable {
    /// ISO 3166-1 alpha-2, capital letters.
    public let country: String
    /// Rounded to a tenth of a degree; the middle of the country when nothing better is known.
    public let place: GeoPoint

    public init(country: String, place: GeoPoint) {
        self.country = country
        self.place = place.coarse
    }

    public func write(_ json: inout JSONWriter) {
        json.member("country", country)
        json.member("place", place)
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(country: try json.requireString("country"), place: try json.requirePoint("place"))
    }
}

/// A quantity of one product on one order line.
public struct LineDemand: Sendable, Equatable {
    /// From 1.
    public let line: Int
    public let productID: ProductID
    /// The first unit's place within the line.
    public let first: Int
    public let quantity: Int

    public init(line: Int, productID: ProductID, first: Int = 0, quantity: Int) {
        self.line = line
        self.productID = productID
        self.first = first
        self.quantity = quantity
    }

    public var units: UnitRange { UnitRange(line: line, first: first, count: quantity) }

    public func write(_ json: inout JSONWriter) {
        json.member("line", line)
        json.member("product", productID)
        json.member("first", first)
        json.member("quantity", quantity)
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(
            line: try json.requireInt("line"), productID: try json.requireID("product"),
            first: try json.requireInt("first"), quantity: try json.requireInt("quantity"))
    }
}

extension UnitRange {
    public func write(_ json: inout JSONWriter) {
        json.member("line", line)
        json.member("first", first)
        json.member("count", count)
    }

    public init(_ json: JSONValue) throws(Fault) {
        self.init(
            line: try json.requireInt("line"), first: try json.requireInt("first"), count: try json.requireInt("count"))
    }
}

extension Array {
    public init(_ json: [JSONValue], _ read: (JSONValue) throws(Fault) -> Element) throws(Fault) {
        self.init()
        reserveCapacity(json.count)
        for value in json { append(try read(value)) }
    }
}
