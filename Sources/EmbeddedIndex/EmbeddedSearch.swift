import Kernel
import Ports
import SearchLanguage

/// One search of one index file.
///
/// What can be asked as texts and codes becomes one expression of FTS5, which walks the orders by id and stops at the
/// page's end; numbers and times are compared row by row of a narrow table.
struct EmbeddedSearch {
    private let request: SearchRequest
    private let database: any DatabaseConnection
    private let expression: MatchExpression
    private var match: String?
    private var conditions: [String] = []
    private var parameters: [SQLValue] = []

    init(_ request: SearchRequest, _ database: any DatabaseConnection) throws(Fault) {
        self.request = request
        self.database = database
        expression = MatchExpression(
            texts: request.texts,
            nearWords: request.allowsTypos ? try IndexVocabulary.near(request.query.words, database) : [:])
        var texts: [SearchQuery] = []
        let parts: [SearchQuery]
        if case .all(let all) = request.query { parts = all } else { parts = [request.query] }
        for part in parts where part != .everything {
            if expression.text(part) != nil {
                texts.append(part)
            } else {
                let condition = condition(part)
                conditions.append(condition)
            }
        }
        if !texts.isEmpty {
            match = expression.text(texts.count == 1 ? texts[0] : .all(texts))
            parameters.append(.text(match))
            conditions.append("texts MATCH $\(parameters.count)")
        }
    }

    func answer() throws(Fault) -> SearchAnswer {
        var answer = SearchAnswer(hits: try hits())
        if request.isCounted { answer.total = try total() }
        if !request.facets.isEmpty { answer.facets = try facets() }
        return answer
    }

    private var needsRows: Bool { request.sort.field != nil || match == nil || conditions.count > 1 }

    /// Where rows come from: the expression leads, since it says which rows there are.
    private var source: String {
        if match == nil { return "orders" }
        return needsRows ? "texts CROSS JOIN orders ON orders.id = texts.rowid" : "texts"
    }

    private func filter(_ conditions: [String]) -> String {
        conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
    }

    private func hits() throws(Fault) -> [SearchHit] {
        var conditions = conditions
        var parameters = parameters
        let id = match == nil ? "orders.id" : "texts.rowid"
        let value = request.sort.field.map { "coalesce(orders.\($0.rawValue), 0)" }
        let (than, direction) = request.sort.isDescending ? ("<", "DESC") : (">", "ASC")
        if let after = request.after {
            parameters.append(.id(after.orderID))
            let idPlace = parameters.count
            if let value {
                parameters.append(.integer(after.value))
                conditions.append("(\(value), \(id)) \(than) ($\(parameters.count), $\(idPlace))")
            } else {
                conditions.append("\(id) \(than) $\(idPlace)")
            }
        }
        parameters.append(.int(request.limit))
        let order = value.map { "\($0) \(direction), \(id) \(direction)" } ?? "\(id) \(direction)"
        return try database.rows(
            """
            SELECT \(id), \(value ?? "0") FROM \(source) \(filter(conditions)) ORDER BY \(order)
            LIMIT $\(parameters.count)
            """, parameters
        ) { row in SearchHit(orderID: row.id(0), value: row.integer(1)) }
    }

    private func total() throws(Fault) -> Int64 {
        if conditions.isEmpty { return try database.integer("SELECT sum(orders) FROM combinations") }
        return try database.integer("SELECT count(*) FROM \(source) \(filter(conditions))", parameters)
    }

    private func facets() throws(Fault) -> [SearchField: [FacetCount]] {
        var counts: [SearchField: [String: Int64]] = [:]
        let add = { (tags: String, count: Int64) in
            for tag in tags.split(separator: " ") {
                if let (field, value) = IndexTag.read(tag) { counts[field, default: [:]][value, default: 0] += count }
            }
        }
        if conditions.isEmpty {
            try database.query("SELECT tags, orders FROM combinations WHERE orders > 0", []) { row in
                add(row.text(0), row.integer(1))
            }
        } else {
            let rows = match == nil ? "orders" : "texts CROSS JOIN orders ON orders.id = texts.rowid"
            try database.query(
                """
                SELECT combinations.tags, counted.orders FROM
                    (SELECT combination, count(*) AS orders FROM \(rows) \(filter(conditions)) GROUP BY combination)
                    AS counted
                JOIN combinations ON combinations.id = counted.combination
                """, parameters
            ) { row in add(row.text(0), row.integer(1)) }
        }
        var facets: [SearchField: [FacetCount]] = [:]
        for field in request.facets {
            facets[field] = FacetCount.sorted((counts[field] ?? [:]).map { FacetCount(value: $0.key, count: $0.value) })
        }
        return facets
    }

    /// A condition on `orders` for what is no text alone.
    private mutating func condition(_ query: SearchQuery) -> String {
        switch query {
        case .number(let field, let range):
            parameters += [.integer(range.lowerBound), .integer(range.upperBound)]
            return
                "coalesce(orders.\(field.rawValue) BETWEEN $\(parameters.count - 1) AND $\(parameters.count), 0)"
        case .all(let parts): return "(\(conditions(parts).joined(separator: " AND ")))"
        case .any(let parts): return "(\(conditions(parts).joined(separator: " OR ")))"
        case .not(let part): return "NOT \(condition(part))"
        case .everything, .word, .phrase, .keyword:
            parameters.append(.text(expression.text(query)))
            return "orders.id IN (SELECT rowid FROM texts WHERE texts MATCH $\(parameters.count))"
        }
    }

    private mutating func conditions(_ parts: [SearchQuery]) -> [String] {
        var texts: [String] = []
        for part in parts { texts.append(condition(part)) }
        return texts
    }
}
