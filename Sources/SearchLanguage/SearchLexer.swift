/// Cuts a query into its parts: words, quoted phrases, `field:value`, `-`, `OR`, parentheses.
struct SearchLexer {
    /// How a field is compared with its value.
    enum Comparison: String, Sendable {
        case equal = ":"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    enum Token: Sendable, Equatable {
        case word(String)
        case phrase(String)
        /// The name as it was typed, and what is compared; the value follows as a word or phrase without a space.
        case field(String, Comparison)
        case minus
        case or
        case open
        case close
        /// Between values of one field.
        case comma
    }

    struct Part: Sendable, Equatable {
        let token: Token
        /// In scalars, from 0.
        let start: Int
        let end: Int
        /// Whether nothing stands between it and the part before.
        let isAttached: Bool
    }

    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var parts: [Part] = []
    private var isInValue = false

    static func parts(_ text: String) throws(SearchSyntaxError) -> [Part] {
        var lexer = SearchLexer(scalars: Array(text.unicodeScalars))
        while lexer.at < lexer.scalars.count { try lexer.next() }
        return lexer.parts
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func add(_ token: Token, from start: Int) {
        parts.append(Part(token: token, start: start, end: at, isAttached: parts.last?.end == start && start > 0))
    }

    private mutating func next() throws(SearchSyntaxError) {
        let start = at
        let scalar = scalars[at]
        switch scalar {
        case _ where scalar.properties.isWhitespace:
            at += 1
            isInValue = false
        case "\"", "\u{201C}", "\u{201D}", "\u{201E}": try phrase()
        case "(":
            at += 1
            add(.open, from: start)
        case ")":
            at += 1
            isInValue = false
            add(.close, from: start)
        case "," where isInValue:
            at += 1
            add(.comma, from: start)
        case "-" where !isInValue && beginsPart:
            at += 1
            add(.minus, from: start)
        default: word()
        }
    }

    /// A hyphen within a word is a part of it.
    private var beginsPart: Bool {
        at == 0 || scalars[at - 1].properties.isWhitespace || scalars[at - 1] == "(" || scalars[at - 1] == "-"
    }

    private mutating func phrase() throws(SearchSyntaxError) {
        let start = at
        at += 1
        var text = ""
        while at < scalars.count, !Self.quotes.contains(scalars[at]) {
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        guard at < scalars.count else {
            throw SearchSyntaxError(reason: .unclosedQuote, position: start, length: scalars.count - start)
        }
        at += 1
        add(.phrase(text), from: start)
    }

    private static let quotes: Set<Unicode.Scalar> = ["\"", "\u{201C}", "\u{201D}", "\u{201E}"]

    private mutating func word() {
        let start = at
        var text = ""
        while at < scalars.count, !endsWord(scalars[at]) {
            if !isInValue, !text.isEmpty, text.unicodeScalars.allSatisfy(Self.isNamePart), let comparison = comparison()
            {
                add(.field(text, comparison), from: start)
                isInValue = true
                return
            }
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        // A quotation mark within a word begins no phrase; two single characters are never lost.
        if text.isEmpty {
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        add(text == "OR" && !isInValue ? .or : .word(text), from: start)
    }

    private func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == "(" || scalar == ")" || Self.quotes.contains(scalar)
            || (isInValue && scalar == ",")
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (SearchText.isPart(scalar) || scalar == "_") && !("0"..."9").contains(scalar)
    }

    /// The comparison that stands here; it is passed over.
    private mutating func comparison() -> Comparison? {
        let isFollowed = at + 1 < scalars.count && scalars[at + 1] == "="
        let found: Comparison
        switch scalars[at] {
        case ":", "=": found = .equal
        case "<": found = isFollowed ? .lessOrEqual : .less
        case ">": found = isFollowed ? .greaterOrEqual : .greater
        default: return nil
        }
        at += found.rawValue.utf8.count
        return found
    }
}
