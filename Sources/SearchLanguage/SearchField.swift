/// What of an order can be searched: the fields of the query language and of every index.
public enum SearchField: String, Sendable, CaseIterable, Comparable {
    // One or more words or codes each, compared as a whole.
    case order, number, customer, status, payment, fulfillment, shipment, returns = "return", flag = "is", carrier,
        warehouse, country, sku, tracking, currency, hold
    // Texts, compared word by word.
    case name, city, product
    /// Every code of the order cut into words, so that a part that was heard on the phone finds it. Not to be named in
    /// a query: a word without a field looks here as well.
    case code
    // Numbers and times.
    case total, units, placed, updated, delivered

    /// How a field is compared.
    public enum Kind: Sendable, Equatable {
        /// As a whole, case and accents aside.
        case keyword
        /// Word by word.
        case text
        /// An amount of money in thousandths of the currency's unit.
        case amount
        /// An integer.
        case count
        /// Milliseconds since 1970.
        case time
    }

    public var kind: Kind {
        switch self {
        case .order, .number, .customer, .status, .payment, .fulfillment, .shipment, .returns, .flag, .carrier,
            .warehouse, .country, .sku, .tracking, .currency, .hold:
            .keyword
        case .name, .city, .product, .code: .text
        case .total: .amount
        case .units: .count
        case .placed, .updated, .delivered: .time
        }
    }

    /// Who a parcel goes to: only for callers who may see recipients.
    public var isPersonal: Bool { self == .name || self == .city }

    /// The texts that a word without a field looks in.
    public static let texts: [SearchField] = [.name, .city, .product, .code]
    public static let keywords: [SearchField] = allCases.filter { $0.kind == .keyword }
    public static let numbers: [SearchField] = allCases.filter {
        $0.kind == .amount || $0.kind == .count || $0.kind == .time
    }

    /// What a field may be called in a query.
    static let names: [String: SearchField] = {
        var names = Dictionary(
            uniqueKeysWithValues: allCases.filter { $0 != .code }.map { ($0.rawValue, $0) })
        let others: [(String, SearchField)] = [
            ("id", .order), ("no", .number), ("reference", .number), ("item", .product), ("recipient", .name),
            ("parcel", .tracking), ("amount", .total), ("pieces", .units), ("created", .placed), ("has", .flag),
            ("from", .warehouse), ("to", .country), ("town", .city),
        ]
        for (name, field) in others { names[name] = field }
        return names
    }()

    /// The field that a query calls so, in small or capital letters.
    public init?(named name: String) {
        guard let field = Self.names[name.lowercased()] else { return nil }
        self = field
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The words that the fields with a fixed vocabulary know.
public enum SearchVocabulary {
    public static let statuses = ["placed", "confirmed", "fulfilling", "completed", "rejected", "cancelled"]
    /// What an order is, beside its states.
    public static let flags = ["open", "late", "short", "held", "cancelling", "handed_over"]
    static let fulfillments = [
        "planned", "in_progress", "picked", "packed", "handed_over", "incomplete", "cancelled",
    ]
    static let shipments = [
        "created", "accepted", "in_transit", "out_for_delivery", "ready_for_pickup", "on_hold", "attempt_failed",
        "delivered", "returning", "returned", "lost", "cancelled",
    ]
    static let payments = [
        "none", "pending", "authorized", "declined", "partially_captured", "captured", "partially_refunded",
        "refunded", "voided",
    ]
    static let returns = ["requested", "approved", "declined", "received", "closed"]

    /// The words of a field; `nil` where any word is possible.
    public static func words(of field: SearchField) -> [String]? {
        switch field {
        case .status: statuses
        case .flag: flags
        case .fulfillment: fulfillments
        case .shipment: shipments
        case .payment: payments
        case .returns: returns
        default: nil
        }
    }

    /// What `status:` understands beside an order's own states, and what a word without a field means as well. A word
    /// that several fields know is looked for in each; an order's own state goes before all.
    public static func fields(saying word: String) -> [SearchField] {
        if statuses.contains(word) { return [.status] }
        return [SearchField.flag, .fulfillment, .shipment, .payment, .returns].filter {
            word != "none" && words(of: $0)?.contains(word) == true
        }
    }

    static let allStatusWords: [String] = {
        var seen: Set<String> = ["none"]
        return (statuses + flags + fulfillments + shipments + payments + returns).filter { seen.insert($0).inserted }
    }()
}
