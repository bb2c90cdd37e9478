import Kernel
import Logging
import Ports
import Runtime
import Signing
import Synchronization

/// API keys and the trail of what was done to them, in a small database of their own.
///
/// Authentication asks the memory only. What another process changed, such as a key that the command line made, is
/// noticed at once when an unknown key is used and within ``reloadInterval`` otherwise.
public final class AccessStore: Sendable {
    private struct Cache: Sendable {
        var keys: [APIKeyID: APIKey] = [:]
        var loadedAt = Instant(milliseconds: 0)
        var isLoading = false
    }

    /// After how long the memory is read anew.
    static let reloadInterval = Duration.seconds(5)

    /// One thread with a connection that writes; every method is a small transaction on it.
    private let writer: ReadPool
    private let cache = Mutex(Cache())
    let clock: any WallClock
    private let logger = Logger(label: "doorstep.access")

    /// Opens the database, brings its tables up to date and reads the keys.
    public static func open(_ database: any Database, clock: any WallClock) async throws(Fault) -> AccessStore {
        let store = AccessStore(database, clock)
        let now = clock.now
        try await store.writer.read { connection throws(Fault) in
            _ = try Migrator.migrate(connection, scope: "access", AccessTables.migrations, now: now)
        }
        try await store.reload()
        return store
    }

    private init(_ database: any Database, _ clock: any WallClock) {
        writer = ReadPool(WritingDatabase(base: database), name: "access", threads: 1)
        self.clock = clock
    }

    /// Lets the thread end.
    public func stop() { writer.stop(threads: 1) }

    /// All keys, oldest first, revoked ones too.
    public func list() async throws(Fault) -> [APIKey] {
        try await reload()
        return cache.withLock { $0.keys.values.sorted { $0.id < $1.id } }
    }

    /// Who sent this token.
    ///
    /// - Throws: 401 without saying which part was wrong, except that a key of ours has expired or was revoked: whoever
    ///   knows its secret may know that.
    func authenticate(_ token: some StringProtocol) async throws(Problem) -> Caller {
        let now = clock.now
        guard let (id, secret) = APIKeyToken.parse(token) else { throw Self.refused }
        let hash = APIKeyToken.hash(secret)
        let (known, age, isLoading) = cache.withLock { ($0.keys[id], now - $0.loadedAt, $0.isLoading) }
        var key = known
        if key == nil, age > .seconds(1) {
            await refresh()
            key = cache.withLock { $0.keys[id] }
        } else if age > Self.reloadInterval, !isLoading {
            Task { await refresh() }
        }
        guard let key else { throw Self.refused }
        guard key.admits(hash, now: now) else { throw Self.refused }
        if key.revokedAt != nil { throw Problem(.unauthenticated, "This API key was revoked.") }
        if let expiresAt = key.expiresAt, now >= expiresAt {
            throw Problem(.unauthenticated, "This API key has expired.")
        }
        return Caller(keyID: key.id, name: key.name, scopes: key.scopes)
    }

    private static let refused = Problem(.unauthenticated, "A valid API key is required: Authorization: Bearer dsk_…")

    /// Reads the keys anew if the database can be read: otherwise what the memory holds stays good.
    private func refresh() async {
        do throws(Fault) {
            try await reload()
        } catch {
            logger.warning("the keys in memory stay as they were", metadata: ["fault": "\(error)"])
        }
    }

    /// Reads all keys into memory.
    func reload() async throws(Fault) {
        cache.withLock { $0.isLoading = true }
        let now = clock.now
        defer {
            // Also after a failure: the next attempt comes after the interval, not with every request.
            cache.withLock {
                $0.isLoading = false
                $0.loadedAt = now
            }
        }
        let keys = try await writer.read { connection throws(Fault) in try KeyRows.all(connection) }
        cache.withLock { $0.keys = Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0) }) }
    }

    /// Runs `body` in a transaction and reads the keys anew.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        let result = try await transaction(body)
        try await reload()
        return result
    }

    func transaction<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        try await writer.read { connection throws(Fault) in
            try connection.transaction { () throws(Fault) in try body(connection) }
        }
    }
}

/// Opens every connection for writing: a pool of one thread over it is a serial writer.
private struct WritingDatabase: Database {
    let base: any Database

    func connect(_: DatabaseAccess) throws(Fault) -> any DatabaseConnection { try base.connect(.write) }
}
