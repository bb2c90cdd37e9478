import Kernel
import Ports
import SearchLanguage

/// A query that is looked at again and again.
public struct SavedSearch: Sendable, Equatable {
    public let name: String
    public let query: String

    public init(name: String, query: String) {
        self.name = name
        self.query = query
    }
}

/// Why a query is not kept.
public enum SavedSearchRejection: Rejection {
    case invalidName
    case malformedQuery(SearchSyntaxError)
    case tooMany

    public var code: String {
        switch self {
        case .invalidName: "invalid_name"
        case .malformedQuery: "malformed_search"
        case .tooMany: "too_many_searches"
        }
    }

    public var detail: String {
        switch self {
        case .invalidName: "A search has a name of 1 to \(SavedSearches.nameLengthMax) characters."
        case .malformedQuery(let error): error.detail
        case .tooMany: "At most \(SavedSearches.countMax) searches are kept; remove one first."
        }
    }
}

/// The table `saved_searches`.
public enum SavedSearches {
    static let nameLengthMax = 60
    static let countMax = 50

    static func check(_ search: SavedSearch, now: Instant) throws(SavedSearchRejection) {
        guard (1...nameLengthMax).contains(search.name.unicodeScalars.count) else { throw .invalidName }
        do throws(SearchSyntaxError) {
            _ = try SearchParser.parse(search.query, now: now)
        } catch {
            throw .malformedQuery(error)
        }
    }

    /// - Returns: whether there was room.
    static func save(_ search: SavedSearch, _ database: any DatabaseConnection) throws(Fault) -> Bool {
        let others = try database.integer(
            "SELECT count(*) FROM saved_searches WHERE name <> $1", [.text(search.name)])
        guard others < countMax else { return false }
        try database.execute(
            """
            INSERT INTO saved_searches (name, query) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET query = excluded.query
            """, [.text(search.name), .text(search.query)])
        return true
    }

    static func remove(_ name: String, _ database: any DatabaseConnection) throws(Fault) {
        try database.execute("DELETE FROM saved_searches WHERE name = $1", [.text(name)])
    }

    /// All, by name.
    public static func all(_ database: any DatabaseConnection) throws(Fault) -> [SavedSearch] {
        try database.rows("SELECT name, query FROM saved_searches ORDER BY name") { row in
            SavedSearch(name: row.text(0), query: row.text(1))
        }
    }
}
