import ArgumentParser
import Foundation
import Kernel
import Ports
import PostgresStore
import Synchronization

/// Where a benchmark's tables are made, and removed when it is over.
enum BenchStore: Sendable {
    /// SQLite files in the benchmark's own folder.
    case folder
    /// A database of its own at this PostgreSQL server.
    case server(url: String)

    /// What survives the loss of power, for the report.
    var durability: String {
        switch self {
        case .folder: "SQLite, WAL, synchronous=FULL"
        case .server: "PostgreSQL, fsync=on, synchronous_commit=on"
        }
    }
}

/// Where `bench` keeps what it measures with.
struct BenchStoreOption: ParsableArguments {
    @Option(
        name: .customLong("database"),
        help: ArgumentHelp(
            "A PostgreSQL server, postgres://…, where a database is made for the run and dropped after it.",
            valueName: "url"))
    var url: String?

    @Option(help: "Into how many partitions orders are divided, each with a worker per service.")
    var partitions: Int?

    func validate() throws {
        guard url.map({ PostgresAddress([$0]) != nil }) ?? true else {
            throw ValidationError("--database is postgres://…")
        }
        guard partitions.map({ (1...64).contains($0) }) ?? true else {
            throw ValidationError("--partitions is 1 to 64")
        }
        guard url != nil || partitions ?? 1 == 1 else { throw ValidationError("--partitions needs --database") }
    }

    var store: BenchStore { url.map { .server(url: $0) } ?? .folder }
}

/// A database of a benchmark's own at a PostgreSQL server.
struct BenchDatabase: Sendable {
    private let serverURL: String
    let name: String
    let url: String

    private static let made = Atomic(0)

    /// - Throws: what connecting throws, and `database_error` when the role may not make databases.
    static func make(at serverURL: String) throws(Fault) -> BenchDatabase {
        let number = made.add(1, ordering: .relaxed).newValue
        let name = "doorstep_bench_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        guard var url = URLComponents(string: serverURL) else {
            throw Fault("option_invalid", retryable: false, "--database is no URL")
        }
        url.path = "/\(name)"
        guard let text = url.string else {
            throw Fault("option_invalid", retryable: false, "--database is no URL")
        }
        try administer(serverURL, "CREATE DATABASE \(name)")
        return BenchDatabase(serverURL: serverURL, name: name, url: text)
    }

    /// - Throws: as every statement; the database then stays.
    func drop() throws(Fault) { try Self.administer(serverURL, "DROP DATABASE \(name) WITH (FORCE)") }

    private static func administer(_ url: String, _ sql: String) throws(Fault) {
        let connection = try PostgresDatabase(url: url, schema: "public").connect(.write)
        defer { connection.close() }
        try connection.executeScript(sql)
    }

    /// A service's tables in it.
    func database(_ part: StoreLocation.Part) -> any Database { PostgresDatabase(url: url, schema: part.rawValue) }

    func connect() throws(Fault) -> any DatabaseConnection {
        try PostgresDatabase(url: url, schema: "public").connect(.write)
    }

    /// Of tables and indexes, without the server's write-ahead log.
    func bytes() throws(Fault) -> Int {
        let connection = try connect()
        defer { connection.close() }
        return Int(try connection.integer("SELECT pg_database_size(current_database())"))
    }

    /// How wide a row was on average of all that were written, in bytes, as the planner estimates the columns' widths.
    func rowWidth() throws(Fault) -> Int {
        let connection = try connect()
        defer { connection.close() }
        try connection.executeScript("ANALYZE")
        return Int(
            try connection.integer(
                """
                SELECT (sum(width * written) / sum(written))::bigint
                FROM (
                    SELECT n_tup_ins + n_tup_upd AS written, (
                        SELECT coalesce(sum(avg_width), 0) FROM pg_stats
                        WHERE pg_stats.schemaname = tables.schemaname AND tablename = relname
                    ) AS width
                    FROM pg_stat_user_tables AS tables
                ) AS widths
                WHERE written > 0
                """))
    }
}
