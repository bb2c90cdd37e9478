import Kernel
import Ports
import SearchLanguage

/// The tables of an index. They are never changed: a new mapping makes a new index.
enum IndexTables {
    /// `tags` holds every code of every field as one word, so that one expression finds texts and codes alike. Blanks
    /// part words, since they are folded already; `_` belongs to them for the sake of tags.
    static func create(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeScript(
            """
            CREATE TABLE IF NOT EXISTS orders (
                id INTEGER PRIMARY KEY,
                version INTEGER NOT NULL,
                combination INTEGER NOT NULL,
                total INTEGER,
                units INTEGER,
                placed INTEGER,
                updated INTEGER,
                delivered INTEGER
            );
            CREATE INDEX IF NOT EXISTS orders_by_updated ON orders (updated, id);
            CREATE INDEX IF NOT EXISTS orders_by_total ON orders (total, id);
            -- What orders have in the fields that are counted: few combinations, each once, with how many have it.
            CREATE TABLE IF NOT EXISTS combinations (
                id INTEGER PRIMARY KEY,
                tags TEXT NOT NULL UNIQUE,
                orders INTEGER NOT NULL CHECK (orders >= 0)
            );
            CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (
                name, city, product, code, tags,
                tokenize = "unicode61 remove_diacritics 0 tokenchars '_'", prefix = '2 3'
            );
            CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab (texts, row);
            CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary_by_column USING fts5vocab (texts, col);
            """)
    }
}

/// A code of a field as one word: `sku:ab-1` as `sku_ab_2d_1`.
enum IndexTag {
    /// A tag that every order has.
    static let every = "all_"

    static func tag(_ field: SearchField, _ value: String) -> String {
        var tag = field.rawValue + "_"
        for scalar in value.unicodeScalars {
            if SearchText.words(String(scalar)) == [String(scalar)] {
                tag.unicodeScalars.append(scalar)
            } else {
                tag += "_" + String(scalar.value, radix: 16) + "_"
            }
        }
        return tag
    }

    /// - Returns: `nil` for what is no field's tag.
    static func read(_ tag: some StringProtocol) -> (field: SearchField, value: String)? {
        guard let end = tag.firstIndex(of: "_"), let field = SearchField(rawValue: String(tag[..<end])) else {
            return nil
        }
        var value = ""
        var rest = tag[tag.index(after: end)...]
        while let first = rest.first {
            if first == "_" {
                rest = rest.dropFirst()
                guard let close = rest.firstIndex(of: "_"), let number = UInt32(rest[..<close], radix: 16),
                    let scalar = Unicode.Scalar(number)
                else { return nil }
                value.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: close)...]
            } else {
                value.append(first)
                rest = rest.dropFirst()
            }
        }
        return (field, value)
    }

    static func tags(_ document: SearchDocument, _ fields: some Sequence<SearchField>) -> String {
        fields.flatMap { field in (document.keywords[field] ?? []).map { tag(field, $0) } }.joined(separator: " ")
    }
}
