import Foundation
import Kernel
import Ports
import Runtime
import SQLiteStore
import SearchLanguage
import Synchronization

/// The index that needs no server: a SQLite file with FTS5 per index, in a folder of its own.
///
/// A file named `active` tells which one answers; it is replaced in one step. One thread writes, a few read.
public final class EmbeddedIndex: SearchIndex {
    public static let alias = "orders"
    public let engine = "embedded"

    private struct State {
        var open: [IndexName: OpenIndexFile] = [:]
        var isClosed = false
    }

    private let folder: String
    private let readers: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: made when it is not there.
    ///   - readers: how many searches run at a time.
    /// - Throws: `search_unavailable` when the folder cannot be made.
    public init(folder: String, readers: Int = 2) throws(Fault) {
        self.folder = folder
        self.readers = readers
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Fault("search_unavailable", retryable: true, "\(folder): \(error)")
        }
    }

    public func active() async throws(Fault) -> IndexName? { pointed() }

    public func create(_ name: IndexName) async throws(Fault) {
        _ = try await file(name, isNew: true).write { database throws(Fault) in
            try IndexTables.create(database)
        }
    }

    public func activate(_ name: IndexName) async throws(Fault) {
        guard exists(name) else { throw Self.missing(name) }
        do {
            try Data(name.text.utf8).write(to: URL(fileURLWithPath: pointer), options: .atomic)
            for other in try FileManager.default.contentsOfDirectory(atPath: folder).compactMap(indexName)
            where other != name {
                state.withLock { $0.open.removeValue(forKey: other) }?.close()
                for suffix in ["", "-wal", "-shm"] where exists(other, suffix) {
                    try FileManager.default.removeItem(atPath: path(other) + suffix)
                }
            }
        } catch {
            throw Fault("search_unavailable", retryable: true, "\(folder): \(error)")
        }
    }

    public func write(_ changes: [IndexChange], to name: IndexName) async throws(Fault) -> [IndexRefusal] {
        try await file(name).write { database throws(Fault) in try IndexWriting.write(changes, database) }
        return []
    }

    /// What is committed is seen at once.
    public func refresh(_ name: IndexName) async throws(Fault) {}

    public func search(_ request: SearchRequest) async throws(Fault) -> SearchAnswer {
        try await activeFile().read { database throws(Fault) in try EmbeddedSearch(request, database).answer() }
    }

    public func suggest(
        _ prefix: String, in fields: [SearchField], limit: Int
    ) async throws(Fault) -> [SearchSuggestion] {
        try await activeFile().read { database throws(Fault) in
            try IndexVocabulary.suggestions(prefix, in: fields, limit: limit, database)
        }
    }

    public func count(in name: IndexName) async throws(Fault) -> Int64 {
        try await file(name).read { database throws(Fault) in try database.integer("SELECT count(*) FROM orders") }
    }

    public func documents(in name: IndexName, after: OrderID?, limit: Int) async throws(Fault) -> [SearchDocument] {
        try await file(name).read { database throws(Fault) in
            try IndexReading.documents(after: after, limit: limit, database)
        }
    }

    public func close() async {
        let files = state.withLock { state in
            state.isClosed = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for file in files { file.close() }
        await OwnThread.run { for file in files { file.waitUntilClosed(atMost: .seconds(1)) } }
    }

    private var pointer: String { "\(folder)/active" }

    private func path(_ name: IndexName) -> String { "\(folder)/\(name.text).db" }

    private func exists(_ name: IndexName, _ suffix: String = "") -> Bool {
        FileManager.default.fileExists(atPath: path(name) + suffix)
    }

    private func indexName(_ file: String) -> IndexName? {
        file.hasSuffix(".db") ? IndexName(String(file.dropLast(3)), alias: Self.alias) : nil
    }

    /// The index that the file `active` names, unless somebody removed it.
    private func pointed() -> IndexName? {
        guard let bytes = FileManager.default.contents(atPath: pointer),
            let name = IndexName(String(decoding: bytes, as: UTF8.self), alias: Self.alias), exists(name)
        else { return nil }
        return name
    }

    private func activeFile() throws(Fault) -> OpenIndexFile {
        guard let name = pointed() else {
            throw Fault("search_index_missing", retryable: true, "no index is active in \(folder)")
        }
        return try file(name)
    }

    private func file(_ name: IndexName, isNew: Bool = false) throws(Fault) -> OpenIndexFile {
        guard isNew || exists(name) else {
            state.withLock { $0.open.removeValue(forKey: name) }?.close()
            throw Self.missing(name)
        }
        let found: OpenIndexFile? = state.withLock { state in
            guard !state.isClosed else { return nil }
            if let open = state.open[name] { return open }
            let opened = OpenIndexFile(path: path(name), readers: readers)
            state.open[name] = opened
            return opened
        }
        guard let found else { throw Fault("search_unavailable", retryable: true, "the index is closed") }
        return found
    }

    private static func missing(_ name: IndexName) -> Fault {
        Fault("search_index_missing", retryable: true, "there is no index \(name)")
    }
}

/// The threads of one index: one that writes and some that read.
private final class OpenIndexFile: Sendable {
    private let reads: ReadPool
    private let writes: ReadPool
    private let readers: Int

    init(path: String, readers: Int) {
        self.readers = readers
        let database = SQLiteDatabase(path: path)
        reads = ReadPool(database, name: "search", threads: readers)
        writes = ReadPool(database, name: "search-write", threads: 1, access: .write)
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        do throws(Fault) { return try await reads.read(body) } catch { throw Fault.ofSearchStore(error) }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        do throws(Fault) {
            return try await writes.read { database throws(Fault) in
                try database.transaction { () throws(Fault) in try body(database) }
            }
        } catch { throw Fault.ofSearchStore(error) }
    }

    func close() {
        reads.stop(threads: readers)
        writes.stop(threads: 1)
    }

    /// Whoever closes last brings what is in the log into the file.
    func waitUntilClosed(atMost limit: Duration) {
        for pool in [reads, writes] { _ = pool.waitUntilStopped(atMost: limit) }
    }
}
