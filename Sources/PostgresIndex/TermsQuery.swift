import Ports
import SearchLanguage

/// A query as a `tsquery`.
///
/// - Source: PostgreSQL, "Text Search Types".
struct TermsQuery {
    /// The texts that a word without a field looks in.
    let texts: [SearchField]
    /// By word: what else may be meant by it.
    let nearWords: [String: [String]]

    /// - Returns: `nil` when the query asks for a number, or for everything, which is no term.
    func text(_ query: SearchQuery) -> String? {
        switch query {
        case .everything, .number: return nil
        case .word(let word, let isPrefix, let field):
            let weights = weights(field)
            let own = "\(DocumentTerms.quoted(word)):\(isPrefix ? "*" : "")\(weights)"
            let near = (nearWords[word] ?? []).map { "\(DocumentTerms.quoted($0)):\(weights)" }
            return joined([own] + near, "|")
        case .phrase(let words, let field):
            let weights = weights(field)
            return joined(words.map { "\(DocumentTerms.quoted($0)):\(weights)" }, "<->")
        case .keyword(let field, let value, let isPrefix):
            return DocumentTerms.quoted(DocumentTerms.lexeme(field, value)) + (isPrefix ? ":*" : "")
        case .all(let parts): return all(parts, "&")
        case .any(let parts): return all(parts, "|")
        case .not(let part): return text(part).map { "!(\($0))" }
        }
    }

    private func all(_ parts: [SearchQuery], _ operation: String) -> String? {
        let texts = parts.compactMap(text)
        return texts.count == parts.count ? joined(texts, operation) : nil
    }

    private func joined(_ texts: [String], _ operation: String) -> String {
        texts.count == 1 ? texts[0] : "(\(texts.joined(separator: " \(operation) ")))"
    }

    private func weights(_ field: SearchField?) -> String {
        (field.map { [$0] } ?? texts).map(DocumentTerms.weight).joined()
    }
}
