import Kernel
import Ports
import PostgresStore
import Runtime
import SearchLanguage

/// The index in PostgreSQL, beside the tables that it describes: full text with `tsvector` and GIN, a table per index.
///
/// The table `search_indexes` tells which one answers. One connection writes, a few read. No extension is needed:
/// `pg_trgm` finds what looks alike, which is another set of words than a bounded number of typing errors is.
public final class PostgresIndex: SearchIndex {
    public static let alias = "orders"
    public let engine = "postgresql"

    private let reads: ReadPool
    private let writes: ReadPool
    private let readers: Int

    /// - Parameters:
    ///   - database: the search service's schema, made when it is not there.
    ///   - readers: how many searches run at a time.
    public init(_ database: PostgresDatabase, readers: Int = 2) {
        self.readers = readers
        reads = ReadPool(database, name: "search-index", threads: readers)
        writes = ReadPool(database, name: "search-index-write", threads: 1, access: .write)
    }

    public func active() async throws(Fault) -> IndexName? {
        try await read { database throws(Fault) in try ActiveIndex.read(database) }
    }

    public func create(_ name: IndexName) async throws(Fault) {
        try await write { database throws(Fault) in try PostgresIndexTables(name).create(database) }
    }

    public func activate(_ name: IndexName) async throws(Fault) {
        try await write(name) { database throws(Fault) in
            try PostgresIndexTables(name).analyze(database)
            guard try ActiveIndex.set(name, database) else { throw Self.missing(name) }
            for former in try ActiveIndex.others(than: name, database) {
                try PostgresIndexTables(former).drop(database)
            }
        }
    }

    public func write(_ changes: [IndexChange], to name: IndexName) async throws(Fault) -> [IndexRefusal] {
        guard !changes.isEmpty else { return [] }
        return try await write(name) { database throws(Fault) in
            try database.transaction { () throws(Fault) in
                try PostgresIndexWriting(name, database).write(changes)
            }
        }
    }

    /// What is committed is seen at once.
    public func refresh(_ name: IndexName) async throws(Fault) {}

    public func search(_ request: SearchRequest) async throws(Fault) -> SearchAnswer {
        try await ofActive { name, database throws(Fault) in
            try PostgresSearch(request, in: PostgresIndexTables(name), database).answer()
        }
    }

    public func suggest(
        _ prefix: String, in fields: [SearchField], limit: Int
    ) async throws(Fault) -> [SearchSuggestion] {
        try await ofActive { name, database throws(Fault) in
            try PostgresVocabulary(tables: PostgresIndexTables(name)).suggestions(
                prefix, in: fields, limit: limit, database)
        }
    }

    public func count(in name: IndexName) async throws(Fault) -> Int64 {
        let tables = PostgresIndexTables(name)
        return try await read(name) { database throws(Fault) in
            try database.integer("SELECT count(*) FROM \(tables.documents)")
        }
    }

    public func documents(in name: IndexName, after: OrderID?, limit: Int) async throws(Fault) -> [SearchDocument] {
        try await read(name) { database throws(Fault) in
            try PostgresIndexReading.documents(in: PostgresIndexTables(name), after: after, limit: limit, database)
        }
    }

    public func close() async {
        reads.stop(threads: readers)
        writes.stop(threads: 1)
    }

    /// Asks the active index; when it gave way to another meanwhile, that one.
    private func ofActive<Result: Sendable>(
        _ body: @escaping @Sendable (IndexName, any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        try await read { database throws(Fault) in
            guard let name = try ActiveIndex.read(database) else { throw Self.noneIsActive }
            do throws(Fault) {
                return try body(name, database)
            } catch  where error.code == "database_error" {
                guard let other = try ActiveIndex.read(database) else { throw Self.noneIsActive }
                guard other != name else { throw try Self.named(error, name, database) }
                return try body(other, database)
            }
        }
    }

    private func read<Result: Sendable>(
        _ name: IndexName? = nil, _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        try await Self.run(on: reads, name, body)
    }

    private func write<Result: Sendable>(
        _ name: IndexName? = nil, _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        try await Self.run(on: writes, name, body)
    }

    private static func run<Result: Sendable>(
        on pool: ReadPool, _ name: IndexName?,
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        do throws(Fault) {
            return try await pool.read { database throws(Fault) in
                do throws(Fault) {
                    return try body(database)
                } catch  where error.code == "database_error" {
                    guard let name else { throw error }
                    throw try named(error, name, database)
                }
            }
        } catch { throw Fault.ofSearchStore(error) }
    }

    /// Whether a statement failed because its tables are gone.
    private static func named(
        _ error: Fault, _ name: IndexName, _ database: any DatabaseConnection
    ) throws(Fault) -> Fault {
        try database.hasTable(name.text) ? error : missing(name)
    }

    private static func missing(_ name: IndexName) -> Fault {
        Fault("search_index_missing", retryable: true, "there is no index \(name)")
    }

    private static var noneIsActive: Fault {
        Fault("search_index_missing", retryable: true, "no index is active")
    }
}
