import CSQLite
import Synchronization

/// Closes the connections of one file one after another.
///
/// Whoever closes last folds the log into the file, and is the last one if it can lock the file for itself. Of two that
/// close at the same moment each stands in the other's way: both take themselves for not the last, and the log stays.
/// Nothing is lost then, but the file alone does not have everything.
///
/// - Source: `sqlite3WalClose` in SQLite's `wal.c`.
enum SQLiteClosing {
    private final class Turn: Sendable {
        let mutex = Mutex(())
    }

    /// Files that share one merely wait for each other.
    private static let turns = (0..<16).map { _ in Turn() }

    static func close(_ handle: OpaquePointer) {
        let path = sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? ""
        let turn = turns[Int(UInt(bitPattern: path.hashValue) % UInt(turns.count))]
        turn.mutex.withLock { _ in _ = sqlite3_close_v2(handle) }
    }
}
