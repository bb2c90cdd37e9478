import CSQLite
import Kernel
import Ports

/// Copies of several databases as of one moment, while they are in use.
///
/// Copies of different moments would contradict one another: a subscriber could have read further than the log that it
/// reads from goes. So all writers are held for the instant in which a reader of each database begins; copying then
/// reads what was there at that instant, and writers go on.
public enum SQLiteBackup {
    /// Pages copied between two looks at the progress: 40 MB.
    private static let pagesPerStep: Int32 = 10_000

    /// - Parameters:
    ///   - copies: each database and the path of its copy, which must not exist.
    ///   - progress: is told how many pages are copied, and of how many, of the database with this index.
    /// - Throws: `backup_target_unusable` when a copy exists already, `database_damaged` when a copy does not hold
    ///   together, and as ``DatabaseConnection`` says. Copies made until then stay.
    /// - Complexity: O(bytes). The writers' logs grow until it is done.
    /// - Source: SQLite's online backup API.
    public static func make(
        _ copies: [(database: SQLiteDatabase, path: String)], progress: (_ index: Int, _ done: Int, _ all: Int) -> Void
    ) throws(Fault) {
        let readers = try readersOfOneMoment(copies.map(\.database))
        defer { for reader in readers { reader.close() } }
        for (index, reader) in readers.enumerated() {
            try copy(reader, to: copies[index].path) { progress(index, $0, $1) }
        }
    }

    private static func readersOfOneMoment(_ databases: [SQLiteDatabase]) throws(Fault) -> [any DatabaseConnection] {
        var writers: [any DatabaseConnection] = []
        var readers: [any DatabaseConnection] = []
        defer { for writer in writers { writer.close() } }
        do throws(Fault) {
            for database in databases {
                writers.append(try database.connect(.write))
                readers.append(try database.connect(.read))
            }
            for writer in writers { try writer.begin() }
            for reader in readers {
                try reader.execute("BEGIN")
                // A transaction sees the moment of its first read.
                _ = try reader.integer("SELECT count(*) FROM sqlite_schema")
            }
            for writer in writers { writer.rollback() }
            return readers
        } catch {
            for writer in writers { writer.rollback() }
            for reader in readers { reader.close() }
            throw error
        }
    }

    private static func copy(
        _ source: any DatabaseConnection, to path: String, progress: (Int, Int) -> Void
    ) throws(Fault) {
        guard let source = source as? SQLiteConnection else { preconditionFailure("a connection of this store") }
        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(
            path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard opened == SQLITE_OK, let handle else {
            let fault = SQLiteFault.make(opened, handle, "opening \(path)")
            sqlite3_close_v2(handle)
            throw fault
        }
        let target = SQLiteConnection(handle: handle)
        defer { target.close() }
        guard try target.integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            throw Fault("backup_target_unusable", retryable: false, "\(path) exists already")
        }
        guard let backup = sqlite3_backup_init(handle, "main", source.handle, "main") else {
            throw SQLiteFault.make(sqlite3_errcode(handle), handle, "copying to \(path)")
        }
        var code = SQLITE_OK
        while code == SQLITE_OK {
            code = sqlite3_backup_step(backup, pagesPerStep)
            let all = Int(sqlite3_backup_pagecount(backup))
            progress(all - Int(sqlite3_backup_remaining(backup)), all)
        }
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else { throw SQLiteFault.make(code, handle, "copying to \(path)") }
        let flaws = try target.rows("PRAGMA quick_check(5)") { $0.text(0) }
        guard flaws == ["ok"] else {
            throw Fault("database_damaged", retryable: false, "\(path): \(flaws.joined(separator: "; "))")
        }
    }
}
