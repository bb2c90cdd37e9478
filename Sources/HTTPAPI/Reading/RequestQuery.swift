import Hummingbird
import Kernel

/// Reads the query of a request; parameters that nobody asked for are refused, as a typing error would otherwise
/// answer something else than was meant.
struct RequestQuery {
    private let parameters: Parameters
    private let collector = ErrorCollector()
    private var asked: Set<Substring> = []

    init(_ parameters: Parameters) { self.parameters = parameters }

    mutating func text(_ name: Substring) -> String? {
        asked.insert(name)
        return parameters[name].map(String.init)
    }

    mutating func parsed<Parsed>(_ name: Substring, _ expected: String, _ parse: (String) -> Parsed?) -> Parsed? {
        guard let text = text(name) else { return nil }
        if let parsed = parse(text) { return parsed }
        collector.add("?\(name)", "must be \(expected)")
        return nil
    }

    mutating func int(_ name: Substring, in range: ClosedRange<Int>) -> Int? {
        parsed(name, "an integer from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func id<Kind: EntityKind>(_ name: Substring, _: Kind.Type = Kind.self) -> EntityID<Kind>? {
        parsed(name, "an id that begins with \(Kind.prefix)_") { EntityID<Kind>(text: $0) }
    }

    /// `?limit=` (1–200, default 50) and `?after=` (as a former page's `next` gave it).
    ///
    /// - Parameter parts: of how many numbers the list's key consists.
    mutating func page(parts: Int = 1) -> Page {
        Page(
            limit: int("limit", in: 1...Page.limitMax) ?? Page.limitDefault,
            after: parsed("after", "a cursor that a former page gave as next") { Page.read($0, parts: parts) })
    }

    /// Notes that a parameter is missing; what was refused before is not noted twice.
    mutating func require(_ name: Substring, _ value: Any?) {
        if value == nil, parameters[name] == nil { collector.add("?\(name)", "is required") }
    }

    /// - Throws: `malformed_query` with everything that is wrong.
    func finish() throws(Problem) {
        for (name, _) in parameters where !asked.contains(name) { collector.add("?\(name)", "is not known here") }
        guard collector.errors.isEmpty else {
            throw Problem(.malformedQuery, "The query is not valid; see errors.", errors: collector.errors)
        }
    }
}

/// A part of a list.
struct Page: Sendable, Equatable {
    static let limitDefault = 50
    static let limitMax = 200

    let limit: Int
    /// The key of the last element of the former page.
    let after: [Int64]?

    /// The key when it is an id.
    func afterID<Kind: EntityKind>(_: Kind.Type = Kind.self) -> EntityID<Kind>? {
        after.map { EntityID(rawValue: $0[0]) }
    }

    /// Cursors are opaque to callers; inside they are the last element's key in base 36 behind a version letter.
    static func cursor(_ key: [Int64]) -> String {
        "a" + key.map { String($0, radix: 36) }.joined(separator: ".")
    }

    static func read(_ cursor: String, parts: Int) -> [Int64]? {
        guard cursor.hasPrefix("a"), cursor.utf8.count <= 15 * parts else { return nil }
        let texts = cursor.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let key = texts.compactMap { Int64($0, radix: 36) }
        return texts.count == parts && key.count == parts ? key : nil
    }
}
