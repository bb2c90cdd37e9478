import Kernel
import Ports
import SearchLanguage

/// The tables of one index. They are never changed: a new mapping makes new ones.
struct PostgresIndexTables: Sendable {
    let name: IndexName

    init(_ name: IndexName) {
        precondition(
            name.text.utf8.allSatisfy { byte in
                byte >= 97 && byte <= 122 || byte >= 48 && byte <= 57 || byte == UInt8(ascii: "-")
            }, "index \(name)")
        self.name = name
    }

    /// A row per order, see ``create(_:)``.
    var documents: String { "\"\(name)\"" }
    /// What orders have in the fields that are counted: few combinations, each once, with how many have it.
    var combinations: String { "\"\(name)-combinations\"" }
    /// The words that may be meant by a mistyped one.
    var words: String { "\"\(name)-words\"" }

    /// `terms` is what is looked for; texts and `codes`, a JSON array, are what the document is read back from.
    /// Words are compared byte by byte, so that those with one beginning stand together in every locale.
    func create(_ database: any DatabaseConnection) throws(Fault) {
        try database.beginMigration()
        do throws(Fault) {
            try database.executeScript(
                """
                CREATE TABLE IF NOT EXISTS search_indexes (
                    name TEXT PRIMARY KEY,
                    is_active BIGINT NOT NULL
                );
                CREATE TABLE IF NOT EXISTS \(documents) (
                    id BIGINT PRIMARY KEY,
                    version BIGINT NOT NULL,
                    combination BIGINT NOT NULL,
                    total BIGINT,
                    units BIGINT,
                    placed BIGINT,
                    updated BIGINT,
                    delivered BIGINT,
                    name TEXT NOT NULL,
                    city TEXT NOT NULL,
                    product TEXT NOT NULL,
                    code TEXT NOT NULL,
                    codes TEXT NOT NULL,
                    terms TSVECTOR NOT NULL
                );
                CREATE INDEX IF NOT EXISTS "\(name)-by-terms" ON \(documents) USING gin (terms);
                CREATE INDEX IF NOT EXISTS "\(name)-by-updated" ON \(documents) ((coalesce(updated, 0)), id);
                CREATE INDEX IF NOT EXISTS "\(name)-by-total" ON \(documents) ((coalesce(total, 0)), id);
                CREATE TABLE IF NOT EXISTS \(combinations) (
                    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    tags TEXT NOT NULL UNIQUE,
                    orders BIGINT NOT NULL CHECK (orders >= 0)
                );
                CREATE TABLE IF NOT EXISTS \(words) (word TEXT COLLATE "C" PRIMARY KEY);
                INSERT INTO search_indexes (name, is_active) VALUES ('\(name)', 0) ON CONFLICT DO NOTHING;
                """)
            try database.commit()
        } catch {
            database.rollback()
            throw error
        }
    }

    /// Tells the planner what the index holds, which was filled at once.
    func analyze(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeScript("ANALYZE \(documents)")
    }

    /// Waits for searches that still read it, the connection's `lock_timeout` at most.
    func drop(_ database: any DatabaseConnection) throws(Fault) {
        try database.transaction { () throws(Fault) in
            try database.execute("DROP TABLE IF EXISTS \(documents), \(combinations), \(words)")
            try database.execute("DELETE FROM search_indexes WHERE name = $1", [.text(name.text)])
        }
    }
}

/// The table `search_indexes`: which indexes there are, and which one answers.
enum ActiveIndex {
    /// - Returns: `nil` when there is none, no table yet, or when somebody dropped its tables.
    static func read(_ database: any DatabaseConnection) throws(Fault) -> IndexName? {
        do throws(Fault) {
            let names = try database.rows(
                """
                SELECT name FROM search_indexes WHERE is_active = 1 AND to_regclass(quote_ident(name)) IS NOT NULL
                """
            ) { $0.text(0) }
            return names.first.flatMap { IndexName($0, alias: PostgresIndex.alias) }
        } catch  where error.code == "database_error" {
            guard try database.hasTable("search_indexes") else { return nil }
            throw error
        }
    }

    /// - Returns: false when there is no such index.
    static func set(_ name: IndexName, _ database: any DatabaseConnection) throws(Fault) -> Bool {
        try database.transaction { () throws(Fault) in
            guard
                try database.execute(
                    "UPDATE search_indexes SET is_active = 1 WHERE name = $1", [.text(name.text)]) == 1
            else { return false }
            try database.execute("UPDATE search_indexes SET is_active = 0 WHERE name <> $1", [.text(name.text)])
            return true
        }
    }

    static func others(than name: IndexName, _ database: any DatabaseConnection) throws(Fault) -> [IndexName] {
        try database.rows("SELECT name FROM search_indexes WHERE name <> $1 ORDER BY name", [.text(name.text)]) {
            IndexName($0.text(0), alias: PostgresIndex.alias)
        }.compactMap { $0 }
    }
}
