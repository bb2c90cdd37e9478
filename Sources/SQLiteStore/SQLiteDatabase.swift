import CSQLite
import Glibc
import Kernel
import Ports

/// A service's database in one SQLite file: WAL, `synchronous=FULL`, one writer and any number of readers.
///
/// Two notations make portable migrations fit SQLite: `BIGINT PRIMARY KEY` becomes the row's own key
/// (`INTEGER PRIMARY KEY`), and a comment `/*sqlite: TEXT */` becomes `TEXT`, as in `/*sqlite: WITHOUT ROWID */`.
public struct SQLiteDatabase: Database {
    public let path: String

    /// - Parameter path: the file; it is created when a writer first connects.
    public init(path: String) { self.path = path }

    /// Memory statistics cost a lock and system time on every allocation: off, once per process, before first use.
    private static let isConfigured: Bool = doorstep_sqlite_disable_memory_statistics() == SQLITE_OK

    public func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        _ = Self.isConfigured
        if Self.isReadOnly(path) { return try connectToWhatNobodyWrites(access) }
        let mode = access == .write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE
        return try openFile(path, mode, access)
    }

    /// Even reading writes beside the file, where readers and the writer agree. Where nobody can write, as on a medium
    /// for backups, the file is read as it lies there.
    ///
    /// - Throws: `database_read_only` when it is to be written, and when its last commits are in the log beside it:
    ///   without them it would contradict the other services' files.
    private func connectToWhatNobodyWrites(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        guard access == .read else {
            throw Fault("database_read_only", retryable: true, "\(path) cannot be written")
        }
        var log = stat()
        guard stat(path + "-wal", &log) != 0 || log.st_size == 0 else {
            throw Fault(
                "database_read_only", retryable: true,
                "\(path) has commits in \(path)-wal, and neither can be written: copy the folder to where both can be")
        }
        let address = path.replacing("%", with: "%25").replacing("?", with: "%3F").replacing("#", with: "%23")
        return try openFile("file:\(address)?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, access)
    }

    /// Whether there is such a file, and neither it nor its folder can be written.
    private static func isReadOnly(_ path: String) -> Bool {
        guard Glibc.access(path, R_OK) == 0, Glibc.access(path, W_OK) != 0 else { return false }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return Glibc.access(folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder, W_OK) != 0
    }

    private func openFile(
        _ name: String, _ mode: Int32, _ access: DatabaseAccess
    ) throws(Fault) -> any DatabaseConnection {
        var handle: OpaquePointer?
        let result = sqlite3_open_v2(name, &handle, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK, let handle else {
            let fault = SQLiteFault.make(result, handle, "opening \(path)")
            sqlite3_close_v2(handle)
            throw fault
        }
        let connection = SQLiteConnection(handle: handle)
        do {
            try connection.configure(access)
        } catch {
            connection.close()
            throw error
        }
        return connection
    }
}

enum SQLiteFault {
    /// The fault for a result code.
    static func make(_ code: Int32, _ handle: OpaquePointer?, _ doing: String) -> Fault {
        let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let detail = "\(name(of: handle))\(doing): \(text) (\(code))"
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: return Fault("database_busy", retryable: true, detail)
        case SQLITE_FULL: return Fault("database_full", retryable: true, detail)
        case SQLITE_IOERR: return Fault("database_unavailable", retryable: true, detail)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: return Fault("database_unavailable", retryable: true, detail)
        case SQLITE_READONLY: return Fault("database_read_only", retryable: true, detail)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return Fault("database_damaged", retryable: true, detail)
        case SQLITE_CONSTRAINT: return Fault("constraint_violated", retryable: false, detail)
        default: return Fault("database_error", retryable: false, detail)
        }
    }

    /// Which of the databases it is: several are open in one process.
    private static func name(of handle: OpaquePointer?) -> String {
        guard let path = sqlite3_db_filename(handle, "main").map({ String(cString: $0) }),
            let name = path.split(separator: "/").last
        else { return "" }
        return "\(name): "
    }
}
