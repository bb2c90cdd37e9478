import Kernel
import Ports
import SearchLanguage

/// Takes changes into an index, in the transaction that it is called in.
enum IndexWriting {
    static func write(_ changes: [IndexChange], _ database: any DatabaseConnection) throws(Fault) {
        // The last of several changes of one order has the greatest version.
        var latest: [OrderID: IndexChange] = [:]
        for change in changes where (latest[change.orderID]?.version ?? .min) < change.version {
            latest[change.orderID] = change
        }
        let known = try known(latest.keys.sorted(), database)
        let newer = latest.values.filter { change in
            known[change.orderID].map { $0.version < change.version } ?? true
        }.sorted { $0.orderID < $1.orderID }
        try forget(newer.map(\.orderID).filter { known[$0] != nil }, known, database)
        let documents = newer.compactMap { change in
            if case .put(let document) = change { document } else { nil }
        }
        try insert(documents, database)
    }

    private struct Known {
        let version: Int64
        let combination: Int64
    }

    private static func known(_ ids: [OrderID], _ database: any DatabaseConnection) throws(Fault) -> [OrderID: Known] {
        var known: [OrderID: Known] = [:]
        try database.queryEach(
            "SELECT id, version, combination FROM orders WHERE id = $1", ids.map { [.id($0)] }
        ) { row in known[row.id(0)] = Known(version: row.integer(1), combination: row.integer(2)) }
        return known
    }

    private static func forget(
        _ ids: [OrderID], _ known: [OrderID: Known], _ database: any DatabaseConnection
    ) throws(Fault) {
        guard !ids.isEmpty else { return }
        try database.executeEach("DELETE FROM orders WHERE id = $1", ids.map { [.id($0)] })
        try database.executeEach("DELETE FROM texts WHERE rowid = $1", ids.map { [.id($0)] })
        var gone: [Int64: Int] = [:]
        for id in ids { gone[known[id]?.combination ?? 0, default: 0] += 1 }
        try database.executeEach(
            "UPDATE combinations SET orders = orders - $2 WHERE id = $1",
            gone.sorted { $0.key < $1.key }.map { [.integer($0.key), .int($0.value)] })
    }

    private static func insert(_ documents: [SearchDocument], _ database: any DatabaseConnection) throws(Fault) {
        guard !documents.isEmpty else { return }
        let combined = documents.map { IndexTag.tags($0, FacetCount.fields) }
        let combinations = try combinations(combined, database)
        try database.executeEach(
            """
            INSERT INTO orders (id, version, combination, total, units, placed, updated, delivered)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            zip(documents, combined).map { document, tags in
                [.id(document.orderID), .integer(document.version), .integer(combinations[tags] ?? 0)]
                    + [.total, .units, .placed, .updated, .delivered].map { (field: SearchField) -> SQLValue in
                        document.numbers[field].map { .integer($0) } ?? .null
                    }
            })
        try database.executeEach(
            "INSERT INTO texts (rowid, name, city, product, code, tags) VALUES ($1, $2, $3, $4, $5, $6)",
            documents.map { document in
                [.id(document.orderID)] + SearchField.texts.map { .text(document.texts[$0] ?? "") }
                    + [.text("\(IndexTag.every) \(IndexTag.tags(document, SearchField.keywords))")]
            })
    }

    /// Counts the new documents in their combinations, and makes those that are missing.
    /// - Returns: the ids.
    private static func combinations(
        _ tags: [String], _ database: any DatabaseConnection
    ) throws(Fault) -> [String: Int64] {
        var counts: [String: Int] = [:]
        for tags in tags { counts[tags, default: 0] += 1 }
        let sorted = counts.sorted { $0.key < $1.key }
        try database.executeEach(
            """
            INSERT INTO combinations (tags, orders) VALUES ($1, $2)
            ON CONFLICT (tags) DO UPDATE SET orders = orders + excluded.orders
            """, sorted.map { [.text($0.key), .int($0.value)] })
        var ids: [String: Int64] = [:]
        try database.queryEach(
            "SELECT tags, id FROM combinations WHERE tags = $1", sorted.map { [.text($0.key)] }
        ) { row in ids[row.text(0)] = row.integer(1) }
        return ids
    }
}

/// Reads documents back, whole.
enum IndexReading {
    static func documents(
        after: OrderID?, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [SearchDocument] {
        try database.rows(
            """
            SELECT orders.id, version, total, units, placed, updated, delivered, name, city, product, code, tags
            FROM orders JOIN texts ON texts.rowid = orders.id
            WHERE orders.id > $1 ORDER BY orders.id LIMIT $2
            """, [.integer(after?.rawValue ?? .min), .int(limit)]
        ) { row in
            var document = SearchDocument(orderID: row.id(0), version: row.integer(1))
            for (column, field) in [SearchField.total, .units, .placed, .updated, .delivered].enumerated() {
                document.numbers[field] = row.optionalInteger(2 + column)
            }
            for (column, field) in SearchField.texts.enumerated() where !row.text(7 + column).isEmpty {
                document.texts[field] = row.text(7 + column)
            }
            for tag in row.text(11).split(separator: " ") {
                if let (field, value) = IndexTag.read(tag) { document.keywords[field, default: []].append(value) }
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
