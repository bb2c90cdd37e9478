/// Why a query cannot be understood, and where.
public struct SearchSyntaxError: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Reason: Sendable, Equatable {
        case tooLong(limit: Int)
        case tooManyParts(limit: Int)
        case tooDeep(limit: Int)
        case unclosedQuote
        case unclosedParenthesis
        case strayParenthesis
        /// `OR`, `-` or `(` with nothing behind.
        case nothingAfter(String)
        case nothingBefore(String)
        case unknownField(String, suggestion: String?)
        case missingValue(field: String)
        case unknownValue(field: String, value: String, suggestions: [String])
        case notComparable(field: String)
        case invalidTime(String)
        case invalidAmount(String)
        case invalidCount(String)
        case emptyRange(String)
        case noWords(String)
    }

    public let reason: Reason
    /// Of the first character that is wrong, from 0, in characters (Unicode scalars).
    public let position: Int
    /// How many characters are wrong, 0 at the end of the query.
    public let length: Int

    /// One sentence for people.
    public var detail: String {
        switch reason {
        case .tooLong(let limit): "A query has at most \(limit) characters."
        case .tooManyParts(let limit): "A query has at most \(limit) parts."
        case .tooDeep(let limit): "Parentheses go at most \(limit) deep."
        case .unclosedQuote: "The quotation mark is never closed."
        case .unclosedParenthesis: "The parenthesis is never closed."
        case .strayParenthesis: "There is no opening parenthesis for this one."
        case .nothingAfter(let what): "Something to look for is missing after '\(what)'."
        case .nothingBefore(let what): "Something to look for is missing before '\(what)'."
        case .unknownField(let name, let suggestion):
            "There is no field '\(name)'\(suggestion.map { "; did you mean '\($0)'?" } ?? ".")"
        case .missingValue(let field): "A value is missing after '\(field)'."
        case .unknownValue(let field, let value, let suggestions):
            suggestions.isEmpty
                ? "'\(field)' is never '\(value)'."
                : "'\(field)' is never '\(value)'; did you mean \(suggestions.map { "'\($0)'" }.joined(separator: " or "))?"
        case .notComparable(let field): "'\(field)' has no order: use '\(field):'."
        case .invalidTime(let text):
            "'\(text)' is no time: write 2026-11-01, 2026-11, 2026, today, yesterday, 7d or a whole RFC 3339 time."
        case .invalidAmount(let text): "'\(text)' is no amount: write 20 or 19.99."
        case .invalidCount(let text): "'\(text)' is no whole number."
        case .emptyRange(let text): "'\(text)' ends before it begins."
        case .noWords(let text): "'\(text)' holds no letter and no digit to look for."
        }
    }
}
