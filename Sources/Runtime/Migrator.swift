import Kernel
import Ports

/// Brings a database to the tables that this version needs.
public enum Migrator {
    /// Applies what is missing, all of it in one transaction, in which only one process at a time is. Where nothing is
    /// missing, nobody is waited for and nobody waits.
    ///
    /// Programs of two releases may work on one database while the older is being replaced. A database with migrations
    /// that the older does not know is accepted by it when all of these were declared compatible
    /// (``Migration/isCompatible``); the newer program declares that when it applies them.
    ///
    /// - Parameter scope: whose migrations these are, since the runtime and a service each count from 1.
    /// - Returns: how many were applied.
    /// - Throws: `migration_edited` when a released migration's text has changed, `migration_unknown` when the database
    ///   is newer than this program and not compatible with it, and as ``DatabaseConnection`` says.
    @discardableResult
    public static func migrate(
        _ database: any DatabaseConnection, scope: String, _ migrations: [Migration], now: Instant
    ) throws(Fault) -> Int {
        if try isComplete(database, scope, migrations) { return 0 }
        try database.beginMigration()
        do {
            let applied = try applyMissing(database, scope, migrations, now)
            try database.commit()
            return applied
        } catch {
            database.rollback()
            throw error
        }
    }

    /// - Throws: `migration_edited`, `migration_unknown`.
    private static func isComplete(
        _ database: any DatabaseConnection, _ scope: String, _ migrations: [Migration]
    ) throws(Fault) -> Bool {
        guard try database.hasTable("migrations"), try database.hasTable("compatible_migrations") else { return false }
        return try missing(database, scope, migrations).isEmpty
    }

    /// - Returns: those that are not applied yet, in order.
    /// - Throws: `migration_edited`, `migration_unknown`.
    private static func missing(
        _ database: any DatabaseConnection, _ scope: String, _ migrations: [Migration]
    ) throws(Fault) -> [Migration] {
        var known: [Int: Int64] = [:]
        try database.query("SELECT number, fingerprint FROM migrations WHERE scope = $1", [.text(scope)]) { row in
            known[row.int(0)] = row.integer(1)
        }
        try refuseUnknown(database, scope, known.keys.filter { $0 > migrations.count })
        for (index, migration) in migrations.enumerated() {
            precondition(migration.number == index + 1, "\(scope): migration \(migration.number) at \(index + 1)")
            if let stored = known[migration.number], stored != migration.fingerprint {
                throw Fault("migration_edited", retryable: false, "\(scope) \(migration.number) \(migration.name)")
            }
        }
        return migrations.filter { known[$0.number] == nil }
    }

    private static func applyMissing(
        _ database: any DatabaseConnection, _ scope: String, _ migrations: [Migration], _ now: Instant
    ) throws(Fault) -> Int {
        try database.executeScript(tables)
        let missing = try missing(database, scope, migrations)
        for migration in missing {
            try database.executeScript(migration.sql)
            try database.execute(
                "INSERT INTO migrations (scope, number, name, fingerprint, applied_at) VALUES ($1, $2, $3, $4, $5)",
                [
                    .text(scope), .int(migration.number), .text(migration.name), .integer(migration.fingerprint),
                    .instant(now),
                ])
            if migration.isCompatible {
                try database.execute(
                    "INSERT INTO compatible_migrations (scope, number) VALUES ($1, $2)",
                    [.text(scope), .int(migration.number)])
            }
        }
        return missing.count
    }

    private static func refuseUnknown(
        _ database: any DatabaseConnection, _ scope: String, _ unknown: [Int]
    ) throws(Fault) {
        guard !unknown.isEmpty else { return }
        let compatible = Set(
            try database.rows("SELECT number FROM compatible_migrations WHERE scope = $1", [.text(scope)]) { $0.int(0) }
        )
        if let newer = unknown.sorted().first(where: { !compatible.contains($0) }) {
            throw Fault("migration_unknown", retryable: false, "\(scope) \(newer): the database is newer")
        }
    }

    private static let tables = """
        CREATE TABLE IF NOT EXISTS migrations (
            scope TEXT NOT NULL,
            number BIGINT NOT NULL,
            name TEXT NOT NULL,
            fingerprint BIGINT NOT NULL,
            applied_at BIGINT NOT NULL,
            PRIMARY KEY (scope, number)
        );
        CREATE TABLE IF NOT EXISTS compatible_migrations (
            scope TEXT NOT NULL,
            number BIGINT NOT NULL,
            PRIMARY KEY (scope, number)
        );
        """

    /// Makes a service's database ready before anybody reads it, so that services may start in any order.
    ///
    /// - Throws: as ``migrate(_:scope:_:now:)``.
    public static func prepare(
        _ database: any Database, for logic: some ServiceLogic, now: Instant
    ) throws(Fault) {
        let connection = try database.connect(.write)
        defer { connection.close() }
        try migrateAll(connection, for: logic, now: now)
    }

    static func migrateAll(
        _ connection: any DatabaseConnection, for logic: some ServiceLogic, now: Instant
    ) throws(Fault) {
        try migrate(connection, scope: "runtime", RuntimeTables.migrations, now: now)
        try migrate(connection, scope: logic.name, logic.migrations, now: now)
    }
}
