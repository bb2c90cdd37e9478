import Kernel
import Ports
import SearchLanguage

/// The words that an index holds.
struct PostgresVocabulary {
    let tables: PostgresIndexTables

    /// More words than this in place of one make a search slow and find what nobody meant.
    private static let nearMax = 12
    /// So many documents are looked through for what begins so: what is frequent is among them.
    private static let sample = 500

    /// What may be meant by words that were mistyped, nearest first. The first letter counts as right.
    func near(_ words: [String], _ database: any DatabaseConnection) throws(Fault) -> [String: [String]] {
        var near: [String: [String]] = [:]
        for word in Set(words).sorted() {
            let limit = NearWords.errorsAllowed(in: word)
            guard limit > 0, let first = word.unicodeScalars.first.map(String.init) else { continue }
            let length = word.unicodeScalars.count
            let candidates = try database.rows(
                """
                SELECT word FROM \(tables.words)
                WHERE word >= $1 AND word < $2 AND char_length(word) BETWEEN $3 AND $4 ORDER BY word
                """, [.text(first), .text(first + "\u{10FFFF}"), .int(length - limit), .int(length + limit)]
            ) { $0.text(0) }
            near[word] = NearWords.nearest(
                to: word, in: candidates.filter { $0 != word }, limit: limit, count: Self.nearMax)
        }
        return near
    }

    func suggestions(
        _ prefix: String, in fields: [SearchField], limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [SearchSuggestion] {
        var found: [(suggestion: SearchSuggestion, orders: Int64)] = []
        for field in fields where field.kind == .keyword || field.kind == .text {
            let isCode = field.kind == .keyword
            let start = isCode ? DocumentTerms.lexeme(field, prefix) : prefix
            let weight = isCode ? "" : DocumentTerms.weight(field)
            try database.query(
                """
                SELECT term.lexeme, count(*)
                FROM (SELECT terms FROM \(tables.documents) WHERE terms @@ $1::text::tsquery LIMIT $2) AS sample,
                    unnest(sample.terms) AS term
                WHERE starts_with(term.lexeme, $3) AND ($4::text = '' OR $4::text = ANY (term.weights))
                GROUP BY term.lexeme ORDER BY count(*) DESC, term.lexeme COLLATE "C" LIMIT $5
                """,
                [
                    .text("\(DocumentTerms.quoted(start)):*\(weight)"), .int(Self.sample), .text(start), .text(weight),
                    .int(limit),
                ]
            ) { row in
                let value = isCode ? DocumentTerms.read(row.text(0))?.value : row.text(0)
                if let value { found.append((SearchSuggestion(field: field, value: value), row.integer(1))) }
            }
        }
        found.sort { ($1.orders, $0.suggestion.value) < ($0.orders, $1.suggestion.value) }
        return found.prefix(limit).map(\.suggestion)
    }
}
