import Ports
import SearchLanguage

/// A document's texts and codes as one `tsvector`: words with their place and, as weight, the text they stand in; codes
/// as lexemes without a place.
///
/// - Source: PostgreSQL, "Text Search Types". A place is 16,383 at most: behind that, words are found one by one alone.
enum DocumentTerms {
    /// What PostgreSQL takes of one document.
    static let bytesMax = 1_000_000

    /// A longer code is cut, where it is looked for alike; PostgreSQL takes 2,046 bytes.
    private static let codeLengthMax = 400

    /// The four texts have the four weights that there are.
    static func weight(_ field: SearchField) -> String {
        switch field {
        case .name: "A"
        case .city: "B"
        case .product: "C"
        default: "D"
        }
    }

    /// A code as its field's lexeme: no word has such a beginning.
    static func code(_ field: SearchField, _ value: String) -> String { "=\(field.rawValue):\(value)" }

    /// As ``code(_:_:)``, as long as the server takes it.
    static func lexeme(_ field: SearchField, _ value: String) -> String {
        let code = code(field, value)
        guard code.utf8.count > codeLengthMax else { return code }
        var cut = ""
        cut.unicodeScalars.append(contentsOf: code.unicodeScalars.prefix(codeLengthMax))
        return cut
    }

    /// - Returns: `nil` for what is no code of a field.
    static func read(_ code: String) -> (field: SearchField, value: String)? {
        guard code.hasPrefix("="), let end = code.firstIndex(of: ":"),
            let field = SearchField(rawValue: String(code[code.index(after: code.startIndex)..<end]))
        else { return nil }
        return (field, String(code[code.index(after: end)...]))
    }

    /// Quoted as the types `tsvector` and `tsquery` read it.
    static func quoted(_ lexeme: String) -> String {
        guard lexeme.utf8.contains(where: { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\") }) else {
            return "'\(lexeme)'"
        }
        return "'\(lexeme.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
    }

    /// As the server's type reads it.
    static func vector(_ document: SearchDocument) -> String {
        var vector = ""
        vector.reserveCapacity(1024)
        var place = 0
        for field in SearchField.texts {
            // No phrase goes on from one text into the next.
            place += 1
            for word in (document.texts[field] ?? "").split(separator: " ") {
                place += 1
                guard word != SearchDocument.separator else { continue }
                vector += "'\(word)':\(place)\(weight(field)) "
            }
        }
        for field in SearchField.keywords {
            for value in document.keywords[field] ?? [] { vector += quoted(lexeme(field, value)) + " " }
        }
        return vector
    }

    /// Every code of some fields, in order.
    static func codes(_ document: SearchDocument, _ fields: [SearchField]) -> [String] {
        fields.flatMap { field in (document.keywords[field] ?? []).map { code(field, $0) } }
    }

    /// The words that may be meant by a mistyped one: what begins with a letter, since a first letter counts as right
    /// and words with digits are taken as they are.
    static func words(_ texts: some Sequence<String>) -> Set<String> {
        var words: Set<String> = []
        for text in texts {
            for word in text.split(separator: " ") where word != SearchDocument.separator {
                if let first = word.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
                    words.insert(String(word))
                }
            }
        }
        return words
    }
}
