import Kernel
import Ports
import SearchLanguage

/// A query in the words of the search API.
struct QueryDocument {
    let request: SearchRequest

    func write(_ query: SearchQuery, _ json: inout JSONWriter) {
        switch query {
        case .everything: json.object { $0.member("match_all") { _ in } }
        case .word(let word, let isPrefix, let field):
            let fields = field.map { [$0] } ?? request.texts
            any(fields.flatMap { field in clauses(word, isPrefix, field) }, &json) { json, clause in clause(&json) }
        case .phrase(let words, let field):
            any(field.map { [$0] } ?? request.texts, &json) { json, field in
                Self.leaf("match_phrase", field.rawValue, &json) { $0.string(words.joined(separator: " ")) }
            }
        case .keyword(let field, let value, let isPrefix):
            Self.leaf(isPrefix ? "prefix" : "term", field.rawValue, &json) { json in
                json.object { $0.member("value", value) }
            }
        case .number(let field, let range):
            Self.leaf("range", field.rawValue, &json) { json in
                json.object { json in
                    json.member("gte", range.lowerBound)
                    json.member("lte", range.upperBound)
                }
            }
        case .all(let parts):
            bool("filter", &json) { json in json.array(parts) { write($1, &$0) } }
        case .any(let parts): any(parts, &json) { write($1, &$0) }
        case .not(let part):
            bool("must_not", &json) { json in json.array([part]) { write($1, &$0) } }
        }
    }

    /// Documents with a value that begins so in one of these fields.
    static func beginning(_ prefix: String, _ fields: [String], _ json: inout JSONWriter) {
        json.object { json in
            json.member("bool") { json in
                json.member("should", array: fields) { json, field in
                    leaf("prefix", field, &json) { json in json.object { $0.member("value", prefix) } }
                }
                json.member("minimum_should_match", 1)
            }
        }
    }

    private typealias Clause = (inout JSONWriter) -> Void

    /// A word of one text: as it is or its beginning, and what may be meant by it.
    private func clauses(_ word: String, _ isPrefix: Bool, _ field: SearchField) -> [Clause] {
        var clauses: [Clause] = [
            { json in
                Self.leaf(isPrefix ? "prefix" : "term", field.rawValue, &json) { json in
                    json.object { $0.member("value", word) }
                }
            }
        ]
        let errors = NearWords.errorsAllowed(in: word)
        if request.allowsTypos, errors > 0 {
            clauses.append { json in
                Self.leaf("fuzzy", field.rawValue, &json) { json in
                    json.object { json in
                        json.member("value", word)
                        json.member("fuzziness", errors)
                        json.member("prefix_length", 1)
                    }
                }
            }
        }
        return clauses
    }

    private func any<Part>(_ parts: [Part], _ json: inout JSONWriter, _ write: (inout JSONWriter, Part) -> Void) {
        json.object { json in
            json.member("bool") { json in
                json.name("should")
                json.array(parts, write)
                json.member("minimum_should_match", 1)
            }
        }
    }

    private func bool(_ kind: String, _ json: inout JSONWriter, _ clauses: (inout JSONWriter) -> Void) {
        json.object { json in
            json.member("bool") { json in
                json.name(kind)
                clauses(&json)
            }
        }
    }

    private static func leaf(
        _ kind: String, _ field: String, _ json: inout JSONWriter, _ value: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            json.memberObject(kind) { json in
                json.name(field)
                value(&json)
            }
        }
    }
}
