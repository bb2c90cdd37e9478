import Kernel
import Ports
import SearchLanguage

/// Takes changes into an index, in the transaction that it is called in.
struct PostgresIndexWriting {
    private let tables: PostgresIndexTables
    private let database: any DatabaseConnection

    init(_ name: IndexName, _ database: any DatabaseConnection) {
        tables = PostgresIndexTables(name)
        self.database = database
    }

    /// - Returns: the documents that the server does not take.
    func write(_ changes: [IndexChange]) throws(Fault) -> [IndexRefusal] {
        // A process that has just lost its place to another may still write: one after the other.
        try database.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("doorstep index \(tables.name)")])
        // The last of several changes of one order has the greatest version.
        var latest: [OrderID: IndexChange] = [:]
        for change in changes where (latest[change.orderID]?.version ?? .min) < change.version {
            latest[change.orderID] = change
        }
        let known = try known(latest.keys.sorted())
        let newer = latest.values.filter { change in
            known[change.orderID].map { $0.version < change.version } ?? true
        }.sorted { $0.orderID < $1.orderID }
        var rows: [DocumentRow] = []
        var refusals: [IndexRefusal] = []
        var removed: [OrderID] = []
        for change in newer {
            switch change {
            case .remove(let id, _): if known[id] != nil { removed.append(id) }
            case .put(let document):
                let row = DocumentRow(document)
                if let reason = row.refusal {
                    refusals.append(IndexRefusal(orderID: document.orderID, reason: reason))
                } else {
                    rows.append(row)
                }
            }
        }
        let replaced = rows.map(\.document.orderID).filter { known[$0] != nil }
        try discount((removed + replaced).compactMap { known[$0]?.combination })
        if !removed.isEmpty {
            try database.executeEach("DELETE FROM \(tables.documents) WHERE id = $1", removed.map { [.id($0)] })
        }
        try put(rows)
        try forgetWords(
            (removed + replaced).reduce(into: Set<String>()) { $0.formUnion(known[$1]?.words ?? []) }
                .subtracting(rows.reduce(into: Set<String>()) { $0.formUnion($1.words) }))
        return refusals
    }

    private struct Known {
        let version: Int64
        let combination: Int64
        let words: Set<String>
    }

    private func known(_ ids: [OrderID]) throws(Fault) -> [OrderID: Known] {
        var known: [OrderID: Known] = [:]
        try database.queryEach(
            "SELECT id, version, combination, name, city, product, code FROM \(tables.documents) WHERE id = $1",
            ids.map { [.id($0)] }
        ) { row in
            known[row.id(0)] = Known(
                version: row.integer(1), combination: row.integer(2),
                words: DocumentTerms.words((3...6).map { row.text($0) }))
        }
        return known
    }

    private func discount(_ combinations: [Int64]) throws(Fault) {
        var gone: [Int64: Int] = [:]
        for combination in combinations { gone[combination, default: 0] += 1 }
        try database.executeEach(
            "UPDATE \(tables.combinations) SET orders = orders - $2 WHERE id = $1",
            gone.sorted { $0.key < $1.key }.map { [.integer($0.key), .int($0.value)] })
    }

    private func put(_ rows: [DocumentRow]) throws(Fault) {
        guard !rows.isEmpty else { return }
        let combinations = try count(rows.map(\.combination))
        try database.executeEach(
            """
            INSERT INTO \(tables.documents) (
                id, version, combination, total, units, placed, updated, delivered, name, city, product, code, codes,
                terms
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::tsvector)
            ON CONFLICT (id) DO UPDATE SET
                version = excluded.version, combination = excluded.combination, total = excluded.total,
                units = excluded.units, placed = excluded.placed, updated = excluded.updated,
                delivered = excluded.delivered, name = excluded.name, city = excluded.city,
                product = excluded.product, code = excluded.code, codes = excluded.codes, terms = excluded.terms
            """, rows.map { $0.parameters(combination: combinations[$0.combination] ?? 0) })
        try database.executeEach(
            "INSERT INTO \(tables.words) (word) VALUES ($1) ON CONFLICT (word) DO NOTHING",
            rows.reduce(into: Set<String>()) { $0.formUnion($1.words) }.sorted().map { [.text($0)] })
    }

    /// Counts the new documents in their combinations, and makes those that are missing.
    /// - Returns: the ids.
    private func count(_ tags: [String]) throws(Fault) -> [String: Int64] {
        var counts: [String: Int] = [:]
        for tags in tags { counts[tags, default: 0] += 1 }
        let sorted = counts.sorted { $0.key < $1.key }
        try database.executeEach(
            """
            INSERT INTO \(tables.combinations) AS combinations (tags, orders) VALUES ($1, $2)
            ON CONFLICT (tags) DO UPDATE SET orders = combinations.orders + excluded.orders
            """, sorted.map { [.text($0.key), .int($0.value)] })
        var ids: [String: Int64] = [:]
        try database.queryEach(
            "SELECT tags, id FROM \(tables.combinations) WHERE tags = $1", sorted.map { [.text($0.key)] }
        ) { row in ids[row.text(0)] = row.integer(1) }
        return ids
    }

    /// Words that no document has any more, as the name of a person who was erased.
    private func forgetWords(_ words: Set<String>) throws(Fault) {
        guard !words.isEmpty else { return }
        // The terms' index is read in no other way, which a connection that writes is told to avoid.
        try database.execute("SET LOCAL enable_bitmapscan TO on")
        for word in words.sorted() {
            try database.execute(
                """
                DELETE FROM \(tables.words) WHERE word = $1
                AND NOT EXISTS (SELECT 1 FROM \(tables.documents) WHERE terms @@ $2::text::tsquery)
                """, [.text(word), .text("\(DocumentTerms.quoted(word)):ABCD")])
        }
    }
}

/// A document as its row.
private struct DocumentRow {
    let document: SearchDocument
    /// What it has in the fields that are counted.
    let combination: String
    let words: Set<String>
    private let terms: String

    /// PostgreSQL's index of the combinations takes no longer one.
    private static let combinationBytesMax = 2600

    init(_ document: SearchDocument) {
        self.document = document
        combination = StoredCodes.write(DocumentTerms.codes(document, FacetCount.fields))
        words = DocumentTerms.words(document.texts.values)
        terms = DocumentTerms.vector(document)
    }

    /// Why it can never be written; `nil` when it can.
    var refusal: String? {
        if terms.utf8.count > DocumentTerms.bytesMax { return "its texts are longer than 1 MB" }
        if combination.utf8.count > Self.combinationBytesMax { return "it has too many codes in counted fields" }
        return nil
    }

    func parameters(combination: Int64) -> [SQLValue] {
        [.id(document.orderID), .integer(document.version), .integer(combination)]
            + [.total, .units, .placed, .updated, .delivered].map { (field: SearchField) -> SQLValue in
                document.numbers[field].map { .integer($0) } ?? .null
            } + SearchField.texts.map { .text(document.texts[$0] ?? "") }
            + [.text(StoredCodes.write(DocumentTerms.codes(document, SearchField.keywords))), .text(terms)]
    }
}

/// Codes as a JSON array.
enum StoredCodes {
    static func write(_ codes: [String]) -> String {
        var json = JSONWriter(reserving: 256)
        json.array(codes) { $0.string($1) }
        return json.text
    }

    static func read(_ text: String) throws(Fault) -> [String] {
        do throws(JSONSyntaxError) {
            return (try JSONValue(parsing: Array(text.utf8)).array ?? []).compactMap(\.string)
        } catch {
            throw Fault("search_error", retryable: false, "codes: \(error.reason.rawValue) at \(error.offset)")
        }
    }
}

/// Reads documents back, whole.
enum PostgresIndexReading {
    static func documents(
        in tables: PostgresIndexTables, after: OrderID?, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [SearchDocument] {
        try database.rows(
            """
            SELECT id, version, total, units, placed, updated, delivered, name, city, product, code, codes
            FROM \(tables.documents) WHERE id > $1 ORDER BY id LIMIT $2
            """, [.integer(after?.rawValue ?? .min), .int(limit)]
        ) { row throws(Fault) in
            var document = SearchDocument(orderID: row.id(0), version: row.integer(1))
            for (column, field) in [SearchField.total, .units, .placed, .updated, .delivered].enumerated() {
                document.numbers[field] = row.optionalInteger(2 + column)
            }
            for (column, field) in SearchField.texts.enumerated() where !row.text(7 + column).isEmpty {
                document.texts[field] = row.text(7 + column)
            }
            for code in try StoredCodes.read(row.text(11)) {
                if let (field, value) = DocumentTerms.read(code) {
                    document.keywords[field, default: []].append(value)
                }
            }
            return document
        }
    }
}

extension IndexChange {
    var version: Int64 {
        switch self {
        case .put(let document): document.version
        case .remove(_, let version): version
        }
    }
}
