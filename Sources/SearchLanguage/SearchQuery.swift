/// A question to an index, as the parser understood it. Words and keywords are folded as ``SearchText`` does.
public indirect enum SearchQuery: Sendable, Equatable {
    /// Every order.
    case everything
    /// A word of a text; `nil` looks in all texts.
    case word(String, isPrefix: Bool, in: SearchField?)
    /// Words next to one another in one text, whole; `nil` looks in all texts.
    case phrase([String], in: SearchField?)
    /// A code, whole or its beginning.
    case keyword(SearchField, String, isPrefix: Bool)
    /// A number or time within bounds, which belong to it.
    case number(SearchField, ClosedRange<Int64>)
    /// Two or more, all of them.
    case all([SearchQuery])
    /// Two or more, any of them.
    case any([SearchQuery])
    case not(SearchQuery)

    /// Whether it asks about people by name or place, as only some callers may.
    public var asksForPeople: Bool {
        switch self {
        case .word(_, _, let field), .phrase(_, let field): field?.isPersonal == true
        case .keyword(let field, _, _), .number(let field, _): field.isPersonal
        case .all(let parts), .any(let parts): parts.contains(where: \.asksForPeople)
        case .not(let part): part.asksForPeople
        case .everything: false
        }
    }

    /// Both conditions.
    public func and(_ other: SearchQuery) -> SearchQuery {
        switch (self, other) {
        case (.everything, _): other
        case (_, .everything): self
        case (.all(let left), .all(let right)): .all(left + right)
        case (.all(let left), _): .all(left + [other])
        case (_, .all(let right)): .all([self] + right)
        default: .all([self, other])
        }
    }

    /// The words that may be misspelled: of letters, not of a code's digits.
    public var words: [String] {
        switch self {
        case .word(let word, _, _): [word]
        case .phrase(let words, _): words
        case .all(let parts), .any(let parts): parts.flatMap(\.words)
        case .not, .everything, .keyword, .number: []
        }
    }
}
