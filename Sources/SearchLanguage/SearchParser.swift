import Kernel

/// Reads what a person typed into the search box.
///
///     query    = part {part | "OR" part}        parts next to one another must all hold; OR binds more weakly
///     part     = ["-"] ( "(" query ")" | word | "\"phrase\"" | field comparison value {"," value} )
///     compare  = ":" | "=" | "<" | "<=" | ">" | ">="
///
/// A word finds texts and codes with a word that begins so; a phrase finds whole words side by side; a word that names
/// a status finds that status too. Values of a field may end with `*`; numbers and times may be ranges `a..b`. A day, a
/// month or a year is a time as a whole: `placed>2026-11-01` begins with the second.
public struct SearchParser {
    public static let lengthMax = 1000
    public static let partsMax = 100
    public static let depthMax = 16

    private let parts: [SearchLexer.Part]
    private let end: Int
    private let now: Instant
    private var at = 0

    /// - Parameters:
    ///   - text: at most ``lengthMax`` characters; nothing at all finds everything.
    ///   - now: what `today`, `yesterday` and `7d` count from.
    /// - Throws: what cannot be understood, with its position.
    /// - Complexity: O(text).
    public static func parse(_ text: String, now: Instant) throws(SearchSyntaxError) -> SearchQuery {
        let length = text.unicodeScalars.count
        guard length <= lengthMax else {
            throw SearchSyntaxError(reason: .tooLong(limit: lengthMax), position: lengthMax, length: length - lengthMax)
        }
        let parts = try SearchLexer.parts(text)
        guard parts.count <= partsMax else {
            throw SearchSyntaxError(
                reason: .tooManyParts(limit: partsMax), position: parts[partsMax].start,
                length: length - parts[partsMax].start)
        }
        var parser = SearchParser(parts: parts, end: length, now: now)
        let query = try parser.alternatives(depth: 0)
        if let stray = parser.current {
            throw parser.error(.strayParenthesis, stray)
        }
        return query
    }

    private init(parts: [SearchLexer.Part], end: Int, now: Instant) {
        self.parts = parts
        self.end = end
        self.now = now
    }

    private var current: SearchLexer.Part? { at < parts.count ? parts[at] : nil }

    private func error(_ reason: SearchSyntaxError.Reason, _ part: SearchLexer.Part) -> SearchSyntaxError {
        SearchSyntaxError(reason: reason, position: part.start, length: part.end - part.start)
    }

    private func errorAtEnd(_ reason: SearchSyntaxError.Reason) -> SearchSyntaxError {
        SearchSyntaxError(
            reason: reason, position: current?.start ?? end, length: current.map { $0.end - $0.start } ?? 0)
    }

    private mutating func alternatives(depth: Int) throws(SearchSyntaxError) -> SearchQuery {
        var found = [try sequence(depth: depth)]
        while let part = current, part.token == .or {
            if found[found.count - 1] == .everything { throw error(.nothingBefore("OR"), part) }
            at += 1
            let next = try sequence(depth: depth)
            if next == .everything { throw errorAtEnd(.nothingAfter("OR")) }
            found.append(next)
        }
        return found.count == 1 ? found[0] : .any(found)
    }

    private mutating func sequence(depth: Int) throws(SearchSyntaxError) -> SearchQuery {
        var query = SearchQuery.everything
        while let part = current, part.token != .close, part.token != .or {
            query = query.and(try self.part(depth: depth))
        }
        return query
    }

    private mutating func part(depth: Int) throws(SearchSyntaxError) -> SearchQuery {
        guard let part = current else { throw errorAtEnd(.nothingAfter("-")) }
        at += 1
        switch part.token {
        case .minus:
            guard depth < Self.depthMax else { throw error(.tooDeep(limit: Self.depthMax), part) }
            guard let next = current, next.isAttached, next.token != .close, next.token != .or else {
                throw errorAtEnd(.nothingAfter("-"))
            }
            return .not(try self.part(depth: depth + 1))
        case .open:
            guard depth < Self.depthMax else { throw error(.tooDeep(limit: Self.depthMax), part) }
            let query = try alternatives(depth: depth + 1)
            guard current?.token == .close else { throw error(.unclosedParenthesis, part) }
            at += 1
            if query == .everything { throw error(.nothingAfter("("), part) }
            return query
        case .word(let text): return try word(text, part)
        case .phrase(let text): return try phrase(text, nil, part)
        case .field(let name, let comparison): return try field(name, comparison, part)
        case .comma: return try word(",", part)
        case .close, .or: throw error(.strayParenthesis, part)
        }
    }

    private func word(_ text: String, _ part: SearchLexer.Part) throws(SearchSyntaxError) -> SearchQuery {
        let words = SearchText.words(text)
        guard let last = words.last else { throw error(.noWords(text), part) }
        var query = SearchQuery.everything
        for word in words.dropLast() { query = query.and(.word(word, isPrefix: false, in: nil)) }
        query = query.and(.word(last, isPrefix: true, in: nil))
        let states = SearchVocabulary.fields(saying: SearchText.keyword(text))
        guard !states.isEmpty else { return query }
        return .any([query] + states.map { .keyword($0, SearchText.keyword(text), isPrefix: false) })
    }

    private func phrase(
        _ text: String, _ field: SearchField?, _ part: SearchLexer.Part
    ) throws(SearchSyntaxError) -> SearchQuery {
        let words = SearchText.words(text)
        guard let first = words.first else { throw error(.noWords(text), part) }
        return words.count == 1 ? .word(first, isPrefix: false, in: field) : .phrase(words, in: field)
    }

    private mutating func field(
        _ name: String, _ comparison: SearchLexer.Comparison, _ part: SearchLexer.Part
    ) throws(SearchSyntaxError) -> SearchQuery {
        let lowercased = name.lowercased()
        guard let field = SearchField.names[lowercased] else {
            let near = NearWords.nearest(to: lowercased, in: SearchField.names.keys.sorted(), limit: 2, count: 1)
            throw error(.unknownField(name, suggestion: near.first), part)
        }
        if comparison != .equal, field.kind == .keyword || field.kind == .text {
            throw error(.notComparable(field: name), part)
        }
        var found: [SearchQuery] = []
        repeat {
            guard let value = current, value.isAttached else {
                throw SearchSyntaxError(reason: .missingValue(field: name), position: parts[at - 1].end, length: 0)
            }
            at += 1
            switch value.token {
            case .word(let text): found.append(try condition(name, field, comparison, text, false, value))
            case .phrase(let text): found.append(try condition(name, field, comparison, text, true, value))
            default: throw error(.missingValue(field: name), value)
            }
        } while skipComma()
        return found.count == 1 ? found[0] : .any(found)
    }

    private mutating func skipComma() -> Bool {
        guard let part = current, part.token == .comma, part.isAttached else { return false }
        at += 1
        return true
    }

    private func condition(
        _ name: String, _ field: SearchField, _ comparison: SearchLexer.Comparison, _ text: String, _ isQuoted: Bool,
        _ part: SearchLexer.Part
    ) throws(SearchSyntaxError) -> SearchQuery {
        switch field.kind {
        case .keyword: return try keyword(name, field, text, isQuoted, part)
        case .text:
            if isQuoted { return try phrase(text, field, part) }
            let words = SearchText.words(text)
            guard let last = words.last else { throw error(.noWords(text), part) }
            var query = SearchQuery.everything
            for word in words.dropLast() { query = query.and(.word(word, isPrefix: false, in: field)) }
            return query.and(.word(last, isPrefix: true, in: field))
        case .amount, .count, .time:
            let value = SearchValue(kind: field.kind, now: now)
            do throws(SearchValue.Refusal) {
                return .number(field, try value.range(text, comparison))
            } catch {
                throw self.error(error.reason(text), part)
            }
        }
    }

    private func keyword(
        _ name: String, _ field: SearchField, _ text: String, _ isQuoted: Bool, _ part: SearchLexer.Part
    ) throws(SearchSyntaxError) -> SearchQuery {
        let isPrefix = !isQuoted && text.last == "*"
        let value = SearchText.keyword(isPrefix ? String(text.dropLast()) : text)
        guard !value.isEmpty else {
            throw error(isPrefix ? .missingValue(field: name) : .noWords(text), part)
        }
        guard let known = SearchVocabulary.words(of: field), !isPrefix else {
            return .keyword(field, value, isPrefix: isPrefix)
        }
        if field == .status {
            let fields = SearchVocabulary.fields(saying: value)
            let queries = fields.map { SearchQuery.keyword($0, value, isPrefix: false) }
            if let only = queries.first, queries.count == 1 { return only }
            if !queries.isEmpty { return .any(queries) }
        } else if known.contains(value) {
            return .keyword(field, value, isPrefix: false)
        }
        let words = field == .status ? SearchVocabulary.allStatusWords : known
        let near = NearWords.nearest(to: value, in: words, limit: 2, count: 3)
        throw error(.unknownValue(field: name, value: text, suggestions: near), part)
    }
}
