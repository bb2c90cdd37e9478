import Kernel
import Ports
import SearchLanguage

/// One search of one index, in one statement: a page, a count and facets are of the same moment.
///
/// What is found is gathered first, by the terms' index where there are terms. Left the choice, the planner may walk
/// through all orders, newest first, for the sake of a page's few, and not find them for long.
struct PostgresSearch {
    private let request: SearchRequest
    private let tables: PostgresIndexTables
    private let database: any DatabaseConnection
    private let terms: TermsQuery
    private var conditions: [String] = []
    private var parameters: [SQLValue] = []

    init(_ request: SearchRequest, in tables: PostgresIndexTables, _ database: any DatabaseConnection) throws(Fault) {
        self.request = request
        self.tables = tables
        self.database = database
        let vocabulary = PostgresVocabulary(tables: tables)
        terms = TermsQuery(
            texts: request.texts,
            nearWords: request.allowsTypos ? try vocabulary.near(request.query.words, database) : [:])
        var texts: [SearchQuery] = []
        let parts: [SearchQuery]
        if case .all(let all) = request.query { parts = all } else { parts = [request.query] }
        for part in parts where part != .everything {
            if terms.text(part) != nil {
                texts.append(part)
            } else if case .number(let field, let range) = part {
                conditions.append(between(field, range))
            } else {
                let condition = condition(part)
                conditions.append(condition)
            }
        }
        if !texts.isEmpty {
            let condition = condition(texts.count == 1 ? texts[0] : .all(texts))
            conditions.append(condition)
        }
    }

    func answer() throws(Fault) -> SearchAnswer {
        var parameters = parameters
        let (statement, hits) = conditions.isEmpty ? everything(&parameters) : found(&parameters)
        var branches = [hits]
        if request.isCounted {
            branches.append(
                conditions.isEmpty
                    ? "SELECT 1, coalesce(sum(orders), 0)::bigint, 0::bigint, NULL FROM \(tables.combinations)"
                    : "SELECT 1, count(*), 0::bigint, NULL FROM found")
        }
        if !request.facets.isEmpty {
            branches.append(
                conditions.isEmpty
                    ? "SELECT 2, orders, 0::bigint, tags FROM \(tables.combinations) WHERE orders > 0"
                    : """
                    SELECT 2, count(*), 0::bigint, combinations.tags FROM found
                    JOIN \(tables.combinations) AS combinations ON combinations.id = found.combination
                    GROUP BY combinations.tags
                    """)
        }
        return try read(statement + branches.joined(separator: "\nUNION ALL\n"), parameters)
    }

    /// All that is found, and a page of it.
    private func found(_ parameters: inout [SQLValue]) -> (statement: String, hits: String) {
        let statement = """
            WITH found AS MATERIALIZED (
                SELECT id, combination, \(value) AS value FROM \(tables.documents) AS documents
                WHERE \(conditions.joined(separator: " AND "))
            )

            """
        let after = after(&parameters, value: "value")
        parameters.append(.int(request.limit))
        return (
            statement,
            """
            (SELECT 0, id, value, NULL::text FROM found \(after)
            ORDER BY value \(direction), id \(direction) LIMIT $\(parameters.count))
            """
        )
    }

    /// A page of all orders, along the index of its order.
    private func everything(_ parameters: inout [SQLValue]) -> (statement: String, hits: String) {
        let after = after(&parameters, value: value)
        parameters.append(.int(request.limit))
        let order = request.sort.field == nil ? "" : "\(value) \(direction), "
        return (
            "",
            """
            (SELECT 0, id, \(value), NULL::text FROM \(tables.documents) AS documents \(after)
            ORDER BY \(order)id \(direction) LIMIT $\(parameters.count))
            """
        )
    }

    /// What is sorted by before the id.
    private var value: String { request.sort.field.map { "coalesce(documents.\($0.rawValue), 0)" } ?? "0::bigint" }

    private var direction: String { request.sort.isDescending ? "DESC" : "ASC" }

    private func after(_ parameters: inout [SQLValue], value: String) -> String {
        guard let after = request.after else { return "" }
        let than = request.sort.isDescending ? "<" : ">"
        parameters.append(.id(after.orderID))
        guard request.sort.field != nil else { return "WHERE id \(than) $\(parameters.count)" }
        parameters.append(.integer(after.value))
        return "WHERE (\(value), id) \(than) ($\(parameters.count), $\(parameters.count - 1))"
    }

    private func read(_ statement: String, _ parameters: [SQLValue]) throws(Fault) -> SearchAnswer {
        var answer = SearchAnswer(hits: [])
        var counts: [SearchField: [String: Int64]] = [:]
        try database.query(statement, parameters) { row throws(Fault) in
            switch row.integer(0) {
            case 0: answer.hits.append(SearchHit(orderID: row.id(1), value: row.integer(2)))
            case 1: answer.total = row.integer(1)
            default:
                for code in try StoredCodes.read(row.text(3)) {
                    if let (field, value) = DocumentTerms.read(code) {
                        counts[field, default: [:]][value, default: 0] += row.integer(1)
                    }
                }
            }
        }
        // Parts of one statement may be brought together in any order.
        let isDescending = request.sort.isDescending
        answer.hits.sort { left, right in
            let isBefore = (left.value, left.orderID) < (right.value, right.orderID)
            return left == right ? false : isDescending ? !isBefore : isBefore
        }
        for field in request.facets {
            answer.facets[field] = FacetCount.sorted(
                (counts[field] ?? [:]).map { FacetCount(value: $0.key, count: $0.value) })
        }
        return answer
    }

    /// A condition that is true or false, never unknown, since it may be turned round.
    private mutating func condition(_ query: SearchQuery) -> String {
        if let text = terms.text(query) {
            parameters.append(.text(text))
            return "documents.terms @@ $\(parameters.count)::text::tsquery"
        }
        switch query {
        case .number(let field, let range): return "coalesce(\(between(field, range)), FALSE)"
        case .all(let parts): return "(\(conditions(parts).joined(separator: " AND ")))"
        case .any(let parts): return "(\(conditions(parts).joined(separator: " OR ")))"
        case .not(let part): return "NOT \(condition(part))"
        case .everything, .word, .phrase, .keyword: return "TRUE"
        }
    }

    private mutating func between(_ field: SearchField, _ range: ClosedRange<Int64>) -> String {
        parameters += [.integer(range.lowerBound), .integer(range.upperBound)]
        return "documents.\(field.rawValue) BETWEEN $\(parameters.count - 1) AND $\(parameters.count)"
    }

    private mutating func conditions(_ parts: [SearchQuery]) -> [String] {
        var texts: [String] = []
        for part in parts { texts.append(condition(part)) }
        return texts
    }
}
