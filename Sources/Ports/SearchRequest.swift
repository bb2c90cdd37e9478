import Kernel
import SearchLanguage

/// What is asked of an index.
public struct SearchRequest: Sendable, Equatable {
    public var query: SearchQuery
    /// Whether words without a field look at who a parcel goes to. A query that names such a field is refused before.
    public var includesPeople: Bool
    /// Words may have as many typing errors as ``NearWords/errorsAllowed(in:)`` says, none of them in the first letter.
    public var allowsTypos: Bool
    public var sort: SearchSort
    /// 1–200.
    public var limit: Int
    /// The last hit of the page before.
    public var after: SearchHit?
    /// Of which fields the values are counted over all that is found.
    public var facets: [SearchField]
    /// Whether all that is found is counted.
    public var isCounted: Bool

    public init(
        _ query: SearchQuery, includesPeople: Bool = true, allowsTypos: Bool = false, sort: SearchSort = .newest,
        limit: Int = 50, after: SearchHit? = nil, facets: [SearchField] = [], isCounted: Bool = true
    ) {
        self.query = query
        self.includesPeople = includesPeople
        self.allowsTypos = allowsTypos
        self.sort = sort
        self.limit = limit
        self.after = after
        self.facets = facets
        self.isCounted = isCounted
    }

    /// The texts that a word without a field looks in.
    public var texts: [SearchField] { SearchField.texts.filter { includesPeople || !$0.isPersonal } }
}

/// The order of what is found; orders that are equal in it come by their id, in the same direction.
public enum SearchSort: String, Sendable, CaseIterable {
    /// By id, which grows with the time of placing.
    case newest, oldest
    /// The one that changed last first.
    case updated
    /// The greatest, or the least, amount first.
    case dearest, cheapest

    /// What is compared before the id; `nil` for the id alone.
    public var field: SearchField? {
        switch self {
        case .newest, .oldest: nil
        case .updated: .updated
        case .dearest, .cheapest: .total
        }
    }

    public var isDescending: Bool { self != .oldest && self != .cheapest }
}

/// An order that was found, with what its place in the list is made of.
public struct SearchHit: Sendable, Hashable {
    public let orderID: OrderID
    /// The value of ``SearchSort/field``; 0 when it is `nil` or the order has none.
    public let value: Int64

    public init(orderID: OrderID, value: Int64 = 0) {
        self.orderID = orderID
        self.value = value
    }
}

/// What was found.
public struct SearchAnswer: Sendable, Equatable {
    public var hits: [SearchHit]
    /// Of all pages; `nil` when it was not asked for.
    public var total: Int64?
    /// The most frequent values first, equally frequent ones by name.
    public var facets: [SearchField: [FacetCount]]

    public init(hits: [SearchHit], total: Int64? = nil, facets: [SearchField: [FacetCount]] = [:]) {
        self.hits = hits
        self.total = total
        self.facets = facets
    }
}

/// How many of what was found have a value.
public struct FacetCount: Sendable, Equatable {
    public let value: String
    public let count: Int64

    public init(value: String, count: Int64) {
        self.value = value
        self.count = count
    }

    /// At most so many values are told of a field.
    public static let valuesMax = 50

    /// The fields whose values can be counted.
    public static let fields: [SearchField] = [.status, .flag, .shipment, .payment, .carrier, .warehouse, .country]

    /// As answers have them.
    public static func sorted(_ counts: [FacetCount]) -> [FacetCount] {
        let sorted = counts.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
        return Array(sorted.prefix(valuesMax))
    }
}

/// A word or code that an index knows and that begins as somebody types.
public struct SearchSuggestion: Sendable, Hashable {
    public let field: SearchField
    public let value: String

    public init(field: SearchField, value: String) {
        self.field = field
        self.value = value
    }
}
