import CSQLite
import Dispatch
import Foundation
import Synchronization

/// Folds the log into the database once, on a thread and a connection of its own, beside readers and the writer.
final class SQLiteCheckpoint: Sendable {
    private let done = Atomic(false)
    private let finished = DispatchSemaphore(value: 0)

    init(path: String) {
        let thread = Thread { [self] in
            Self.run(path)
            done.store(true, ordering: .releasing)
            finished.signal()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    var isDone: Bool { done.load(ordering: .acquiring) }

    /// Blocks until it is done. At most once.
    func wait() { finished.wait() }

    /// What cannot be folded in stays in the log, which is as good: whoever writes next tries again.
    private static func run(_ path: String) {
        Thread.current.name = "checkpoint"
        var handle: OpaquePointer?
        defer { if let handle { SQLiteClosing.close(handle) } }
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else {
            return
        }
        // A connection knows that there is a log only when it has read something.
        sqlite3_exec(handle, "PRAGMA synchronous = FULL; PRAGMA schema_version", nil, nil, nil)
        sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
