import Contracts
import Foundation
import HTTPAPI
import Kernel
import Ports
import SQLiteStore

/// The tables of every database, read from databases that were just made.
struct Schema: Sendable {
    struct Column: Sendable, Equatable {
        let name: String
        let isKey: Bool
        let isRequired: Bool
    }

    struct Table: Sendable, Equatable {
        let name: String
        let columns: [Column]
    }

    struct Database: Sendable {
        let name: String
        let tables: [Table]
        let foreignKeys: [Relation]

        func table(_ name: String) -> Table? { tables.first { $0.name == name } }
    }

    /// The three services' own tables.
    let services: [Database]
    /// The tables that the runtime puts into each of them.
    let runtime: Database
    let access: Database

    /// Migrates empty databases in a temporary folder and reads them.
    ///
    /// - Throws: what opening and migrating a database throws; `process_unusable`, `file_missing`.
    static func read() async throws(Fault) -> Schema {
        try await TemporaryFolder.with(for: "drawing") { folder async throws(Fault) in
            try await migrate(folder)
            let all = try Topic.allCases.map { topic throws(Fault) in
                try read(folder, StoreLocation.Part(topic), topic.rawValue.capitalized)
            }
            return Schema(
                services: all.map { database in database.keeping { !runtimeTables.contains($0) } },
                runtime: all[0].keeping(as: "In each of them") { runtimeTables.contains($0) },
                access: try read(folder, .access, "Access").keeping { !runtimeTables.contains($0) })
        }
    }

    private static func migrate(_ folder: DataFolder) async throws(Fault) {
        let start = Instant(milliseconds: 0)
        _ = try ServiceLogics(SystemConfiguration()).prepare(folder, now: start)
        try await AccessStore.open(folder.access, clock: StillClock(now: start)).stop()
    }

    /// What every database has beside its own.
    static let runtimeTables: Set<String> = [
        "migrations", "leases", "heads", "cursors", "events", "effects", "timers", "idempotency", "dead_letters",
        "division", "nodes", "relays",
    ]

    private static func read(
        _ folder: DataFolder, _ part: StoreLocation.Part, _ name: String
    ) throws(Fault) -> Database {
        let database = SQLiteDatabase(path: StoreLocation.file(part, in: folder.path))
        let connection = try database.connect(.read)
        defer { connection.close() }
        let names = try connection.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        ) { $0.text(0) }
        var foreignKeys: [Relation] = []
        let tables = try names.map { table throws(Fault) in
            let columns = try connection.rows(
                "SELECT name, pk, \"notnull\" FROM pragma_table_info($1) ORDER BY cid", [.text(table)]
            ) { Column(name: $0.text(0), isKey: $0.int(1) > 0, isRequired: $0.bool(2)) }
            foreignKeys += try connection.rows(
                "SELECT \"from\", \"table\" FROM pragma_foreign_key_list($1) ORDER BY id, seq", [.text(table)]
            ) {
                Relation(
                    from: Place(database: name, table: table, column: $0.text(0)),
                    to: Place(database: name, table: $0.text(1), column: "id"))
            }
            return Table(name: table, columns: columns)
        }
        return Database(name: name, tables: tables, foreignKeys: foreignKeys)
    }
}

extension Schema.Database {
    fileprivate func keeping(as name: String? = nil, _ isKept: (String) -> Bool) -> Self {
        Self(
            name: name ?? self.name, tables: tables.filter { isKept($0.name) },
            foreignKeys: foreignKeys.filter { isKept($0.from.table) })
    }
}

/// A clock that stands still, so that what is drawn twice is the same.
struct StillClock: WallClock {
    let now: Instant
}
