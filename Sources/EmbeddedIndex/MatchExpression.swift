import Ports
import SearchLanguage

/// A query as an expression of FTS5.
///
/// - Source: SQLite, "Full-text Query Syntax".
struct MatchExpression {
    /// The columns that a word without a field looks in.
    let texts: [SearchField]
    /// By word: what else may be meant by it.
    let nearWords: [String: [String]]

    /// - Returns: `nil` when the query asks for a number, which is no text.
    func text(_ query: SearchQuery) -> String? {
        switch query {
        case .everything: return "tags : \"\(IndexTag.every)\""
        case .word(let word, let isPrefix, let field):
            let own = "\(columns(field)) : \(quoted(word))\(isPrefix ? " *" : "")"
            guard let near = nearWords[word], !near.isEmpty else { return own }
            return joined([own] + near.map { "\(columns(field)) : \(quoted($0))" }, "OR")
        case .phrase(let words, let field):
            return "\(columns(field)) : \(quoted(words.joined(separator: " ")))"
        case .keyword(let field, let value, let isPrefix):
            return "tags : \(quoted(IndexTag.tag(field, value)))\(isPrefix ? " *" : "")"
        case .number: return nil
        case .all(let parts): return all(parts)
        case .any(let parts):
            let texts = parts.compactMap(text)
            return texts.count == parts.count ? joined(texts, "OR") : nil
        case .not: return all([query])
        }
    }

    /// FTS5 knows only *this but not that*: what must not be is taken from what must, or from all.
    private func all(_ parts: [SearchQuery]) -> String? {
        var wanted: [String] = []
        var unwanted: [String] = []
        for part in parts {
            if case .not(let inner) = part {
                guard let text = text(inner) else { return nil }
                unwanted.append(text)
            } else {
                guard let text = text(part) else { return nil }
                wanted.append(text)
            }
        }
        if wanted.isEmpty { wanted = ["tags : \"\(IndexTag.every)\""] }
        let positive = joined(wanted, "AND")
        return unwanted.isEmpty ? positive : "(\(positive) NOT \(joined(unwanted, "OR")))"
    }

    private func joined(_ texts: [String], _ word: String) -> String {
        texts.count == 1 ? "(\(texts[0]))" : "(\(texts.joined(separator: " \(word) ")))"
    }

    private func columns(_ field: SearchField?) -> String {
        if let field { return field.rawValue }
        return "{\(texts.map(\.rawValue).joined(separator: " "))}"
    }

    /// Folded words hold no quotation mark; a code may have held one, which its tag spells out.
    private func quoted(_ text: String) -> String { "\"\(text)\"" }
}
