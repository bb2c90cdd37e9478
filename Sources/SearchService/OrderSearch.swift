import Kernel
import Ports
import SearchLanguage

/// Finds orders by what people type: reads the query, asks the index, and forgives typing errors when nothing is found.
public struct OrderSearch: Sendable {
    /// What is asked.
    public struct Question: Sendable, Equatable {
        public var text: String
        /// Whether names and places may be searched.
        public var includesPeople: Bool
        public var sort: SearchSort
        /// 1–200.
        public var limit: Int
        public var after: Cursor?
        public var facets: [SearchField]
        /// Besides what the text says: a value of each of these fields.
        public var filters: [SearchQuery]

        public init(
            _ text: String, includesPeople: Bool, sort: SearchSort = .newest, limit: Int = 50, after: Cursor? = nil,
            facets: [SearchField] = [], filters: [SearchQuery] = []
        ) {
            self.text = text
            self.includesPeople = includesPeople
            self.sort = sort
            self.limit = limit
            self.after = after
            self.facets = facets
            self.filters = filters
        }
    }

    /// Where a page ended.
    public struct Cursor: Sendable, Equatable {
        public let hit: SearchHit
        /// Whether the first page had to forgive typing errors; the others then do too.
        public let forgivesTypos: Bool

        public init(hit: SearchHit, forgivesTypos: Bool) {
            self.hit = hit
            self.forgivesTypos = forgivesTypos
        }
    }

    /// What was found.
    public struct Found: Sendable, Equatable {
        public let answer: SearchAnswer
        public let forgivesTypos: Bool
        /// `nil` when nothing can follow.
        public let next: Cursor?
    }

    /// Why there is no answer.
    public enum Refusal: Error, Sendable, Equatable {
        case syntax(SearchSyntaxError)
        /// The query names a field that the caller may not see.
        case peopleAreHidden
        case fault(Fault)
    }

    public let index: any SearchIndex
    private let clock: any WallClock

    public init(_ index: any SearchIndex, clock: any WallClock) {
        self.index = index
        self.clock = clock
    }

    public func find(_ question: Question) async throws(Refusal) -> Found {
        var query = try parse(question)
        for filter in question.filters { query = query.and(filter) }
        var request = SearchRequest(
            query, includesPeople: question.includesPeople,
            allowsTypos: question.after?.forgivesTypos ?? false, sort: question.sort, limit: question.limit,
            after: question.after?.hit, facets: question.facets)
        var answer = try await search(request)
        if answer.hits.isEmpty, question.after == nil,
            query.words.contains(where: { NearWords.errorsAllowed(in: $0) > 0 })
        {
            request.allowsTypos = true
            let forgiving = try await search(request)
            if !forgiving.hits.isEmpty { answer = forgiving } else { request.allowsTypos = false }
        }
        let last = answer.hits.count == question.limit ? answer.hits.last : nil
        return Found(
            answer: answer, forgivesTypos: request.allowsTypos,
            next: last.map { Cursor(hit: $0, forgivesTypos: request.allowsTypos) })
    }

    private func parse(_ question: Question) throws(Refusal) -> SearchQuery {
        let query: SearchQuery
        do throws(SearchSyntaxError) {
            query = try SearchParser.parse(question.text, now: clock.now)
        } catch {
            throw .syntax(error)
        }
        if query.asksForPeople, !question.includesPeople { throw .peopleAreHidden }
        return query
    }

    private func search(_ request: SearchRequest) async throws(Refusal) -> SearchAnswer {
        do throws(Fault) { return try await index.search(request) } catch { throw .fault(error) }
    }

    /// How a query that is being typed may go on: whole queries, the likeliest first.
    public func suggestions(
        _ text: String, includesPeople: Bool, limit: Int = 10
    ) async throws(Refusal) -> [String] {
        let start = text.lastIndex(where: \.isWhitespace).map { text.index(after: $0) } ?? text.startIndex
        let head = text[..<start]
        let typed = text[start...]
        let endings: [String]
        if let colon = typed.firstIndex(of: ":"), let field = SearchField(named: String(typed[..<colon])) {
            endings = try await values(
                field, of: typed[..<colon], String(typed[typed.index(after: colon)...]), includesPeople, limit)
        } else {
            endings = try await words(String(typed), includesPeople, limit)
        }
        return endings.prefix(limit).map { head + $0 }
    }

    private func values(
        _ field: SearchField, of name: Substring, _ typed: String, _ includesPeople: Bool, _ limit: Int
    ) async throws(Refusal) -> [String] {
        if field.isPersonal, !includesPeople { throw .peopleAreHidden }
        let prefix = SearchText.keyword(typed)
        if let known = SearchVocabulary.words(of: field) {
            return known.filter { $0.hasPrefix(prefix) }.map { "\(name):\($0)" }
        }
        guard !prefix.isEmpty else { return [] }
        return try await suggest(prefix, [field], limit).map { "\(name):\(Self.quoted($0.value))" }
    }

    /// One letter begins nearly everything: only from the second on something is suggested.
    private func words(_ typed: String, _ includesPeople: Bool, _ limit: Int) async throws(Refusal) -> [String] {
        let prefix = SearchText.keyword(typed)
        guard prefix.unicodeScalars.count >= 2 else { return [] }
        let states = SearchVocabulary.statuses.filter { $0.hasPrefix(prefix) }.map { "status:\($0)" }
        let fields: [SearchField] = [.product, .sku, .carrier, .number, .customer, .tracking, .warehouse]
        let people = includesPeople ? SearchField.allCases.filter(\.isPersonal) : []
        let found = try await suggest(prefix, fields + people, limit)
        return states
            + found.map { $0.field.kind == .text ? $0.value : "\($0.field.rawValue):\(Self.quoted($0.value))" }
    }

    private func suggest(
        _ prefix: String, _ fields: [SearchField], _ limit: Int
    ) async throws(Refusal) -> [SearchSuggestion] {
        do throws(Fault) {
            return try await index.suggest(prefix, in: fields, limit: limit)
        } catch {
            throw .fault(error)
        }
    }

    private static func quoted(_ value: String) -> String {
        value.contains { $0.isWhitespace || $0 == "," || $0 == "(" || $0 == ")" } ? "\"\(value)\"" : value
    }
}
