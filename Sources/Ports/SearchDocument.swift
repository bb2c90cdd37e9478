import Kernel
import SearchLanguage

/// What an index knows of one order. Everything in it is folded as ``SearchText`` does, so that all engines compare alike.
public struct SearchDocument: Sendable, Equatable {
    public let orderID: OrderID
    /// How many events it is made of: grows with every change, whoever counts, so that a late or repeated write is
    /// known as such.
    public let version: Int64
    /// By field: words with a blank between them, see ``text(of:)``.
    public var texts: [SearchField: String]
    /// By field: one or more codes, sorted, none twice.
    public var keywords: [SearchField: [String]]
    /// Amounts in thousandths of the currency's unit, counts, and times in milliseconds since 1970.
    public var numbers: [SearchField: Int64]

    public init(
        orderID: OrderID, version: Int64, texts: [SearchField: String] = [:],
        keywords: [SearchField: [String]] = [:], numbers: [SearchField: Int64] = [:]
    ) {
        self.orderID = orderID
        self.version = version
        self.texts = texts
        self.keywords = keywords
        self.numbers = numbers
    }

    /// Stands between two values of one text, so that no phrase spans both. Nobody types it: it is none of Unicode's
    /// characters, and every engine takes it for a word.
    public static let separator = "\u{E000}"

    /// Values as one text.
    public static func text(of values: some Sequence<String>) -> String {
        values.map { SearchText.words($0).joined(separator: " ") }.filter { !$0.isEmpty }
            .joined(separator: " \(separator) ")
    }

    /// Sets a field's codes: folded, sorted, each once; none removes the field.
    public mutating func setKeywords(_ field: SearchField, _ values: some Sequence<String>) {
        let folded = Set(values.map { SearchText.keyword($0) }.filter { !$0.isEmpty }).sorted()
        keywords[field] = folded.isEmpty ? nil : folded
    }

    /// Sets a field's text; nothing removes the field.
    public mutating func setText(_ field: SearchField, _ values: some Sequence<String>) {
        let text = Self.text(of: values)
        texts[field] = text.isEmpty ? nil : text
    }
}

/// Something that an index is told.
public enum IndexChange: Sendable, Equatable {
    /// Takes the place of every older version.
    case put(SearchDocument)
    /// Forgets an order. An index may take a later write of an older version; whoever deletes writes nothing after it.
    case remove(OrderID, version: Int64)

    public var orderID: OrderID {
        switch self {
        case .put(let document): document.orderID
        case .remove(let id, _): id
        }
    }
}

/// A document that the engine will never take as it is.
public struct IndexRefusal: Sendable, Equatable {
    public let orderID: OrderID
    public let reason: String

    public init(orderID: OrderID, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }
}
