import Kernel
import Ports
import SearchLanguage

/// The words that an index holds.
enum IndexVocabulary {
    /// More words than this in place of one make a search slow and find what nobody meant.
    private static let nearMax = 12

    /// What may be meant by words that were mistyped, nearest first. The first letter counts as right.
    static func near(_ words: [String], _ database: any DatabaseConnection) throws(Fault) -> [String: [String]] {
        var near: [String: [String]] = [:]
        for word in Set(words).sorted() {
            let limit = NearWords.errorsAllowed(in: word)
            guard limit > 0, let first = word.unicodeScalars.first else { continue }
            let length = word.unicodeScalars.count
            let candidates = try database.rows(
                """
                SELECT term FROM vocabulary
                WHERE term >= $1 AND term < $2 AND length(term) BETWEEN $3 AND $4 AND instr(term, '_') = 0
                """,
                [.text(String(first)), .text(end(of: String(first))), .int(length - limit), .int(length + limit)]
            ) { $0.text(0) }
            near[word] = NearWords.nearest(
                to: word, in: candidates.filter { $0 != word }, limit: limit, count: nearMax)
        }
        return near
    }

    static func suggestions(
        _ prefix: String, in fields: [SearchField], limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [SearchSuggestion] {
        var found: [(suggestion: SearchSuggestion, orders: Int64)] = []
        for field in fields {
            let isTag = field.kind == .keyword
            guard isTag || field.kind == .text else { continue }
            let start = isTag ? IndexTag.tag(field, prefix) : prefix
            try database.query(
                """
                SELECT term, doc FROM vocabulary_by_column WHERE term >= $1 AND term < $2 AND col = $3
                ORDER BY doc DESC, term LIMIT $4
                """,
                [.text(start), .text(end(of: start)), .text(isTag ? "tags" : field.rawValue), .int(limit)]
            ) { row in
                let value = isTag ? IndexTag.read(row.text(0))?.value : row.text(0)
                if let value { found.append((SearchSuggestion(field: field, value: value), row.integer(1))) }
            }
        }
        found.sort { ($1.orders, $0.suggestion.value) < ($0.orders, $1.suggestion.value) }
        return found.prefix(limit).map(\.suggestion)
    }

    /// The least text that is greater than all that begin so.
    private static func end(of prefix: String) -> String {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            var next = last.value + 1
            if next == 0xD800 { next = 0xE000 }
            if let scalar = Unicode.Scalar(next) {
                scalars.append(scalar)
                var text = ""
                text.unicodeScalars.append(contentsOf: scalars)
                return text
            }
        }
        return "\u{10FFFF}"
    }
}
