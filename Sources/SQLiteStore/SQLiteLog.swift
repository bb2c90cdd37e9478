import CSQLite

/// The write-ahead log of one writer: with room ahead, and folded into the database beside the commits.
///
/// A durable write that makes a file longer waits for the file system's journal as well, which takes from twice to
/// forty times as long as one that overwrites. So the log is made longer before it must be, a piece at a time; what has
/// been folded in is overwritten, so a log of a certain age grows no more.
final class SQLiteLog {
    /// Frames after which the log is folded in: 32 MB. Larger than SQLite's own 1,000: under load a page of the
    /// database is then written once for many commits.
    private static let framesPerCheckpoint = 8000
    /// Of so many frames the writer waits for the folding rather than let the log grow for ever.
    private static let framesMax = 4 * framesPerCheckpoint
    /// Bytes that most transactions fit into.
    private static let roomMin: Int64 = 1 << 20
    private static let roomMade: Int64 = 2 << 20
    /// Written at a time: SQLite takes less than 128 KB.
    private static let piece = [UInt8](repeating: 0, count: 64 << 10)

    private let handle: OpaquePointer
    private let path: String
    private let frameBytes: Int64
    /// As the last commit left it; `nil` before the first one.
    private var frames: Int?
    private var folding: SQLiteCheckpoint?

    /// Takes the place of SQLite's automatic checkpoints.
    ///
    /// - Parameter pageBytes: of the database.
    init(_ handle: OpaquePointer, path: String, pageBytes: Int64) {
        self.handle = handle
        self.path = path
        frameBytes = pageBytes + Self.frameHeaderBytes
        let committed: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32
        committed = { log, _, _, frames in
            guard let log else { return SQLITE_OK }
            Unmanaged<SQLiteLog>.fromOpaque(log).takeUnretainedValue().committed(frames: Int(frames))
            return SQLITE_OK
        }
        sqlite3_wal_hook(handle, committed, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Before the connection closes.
    func close() {
        sqlite3_wal_hook(handle, nil, nil)
        folding?.wait()
        folding = nil
    }

    // MARK: Room

    /// - Source: SQLite's file format, section 4: the header of the log and of a frame.
    private static let headerBytes: Int64 = 32
    private static let frameHeaderBytes: Int64 = 24

    /// Makes the log longer when there is little room for the transaction that has just begun.
    ///
    /// Only while this connection holds the write lock: nobody else then writes to the log. What is written lies beyond
    /// the end of the file, where no frame can be, and reads as none. A failure means no room, and no harm.
    func makeRoom() {
        guard let frames else { return }
        var pointer: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &pointer)
        guard let file = pointer, let methods = file.pointee.pMethods?.pointee else { return }
        var size: Int64 = 0
        guard methods.xFileSize(file, &size) == SQLITE_OK else { return }
        let used = Self.headerBytes + Int64(frames) * frameBytes
        guard size - used < Self.roomMin else { return }
        for offset in stride(from: size, to: size + Self.roomMade, by: Self.piece.count) {
            let code = Self.piece.withUnsafeBytes { methods.xWrite(file, $0.baseAddress, Int32($0.count), offset) }
            guard code == SQLITE_OK else { return }
        }
    }

    // MARK: Folding in

    /// A commit is durable: begins, or ends, to fold the log in.
    ///
    /// The bulk is done beside the commits. What they added meanwhile is little, and is folded in here, where nobody
    /// adds more: the next commit then begins the log anew. What fails is tried again after the next commit; until then
    /// the log holds what it held.
    private func committed(frames: Int) {
        self.frames = frames
        guard frames >= Self.framesPerCheckpoint else { return }
        if let running = folding {
            guard running.isDone || frames >= Self.framesMax else { return }
            running.wait()
            folding = nil
            sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        } else {
            folding = SQLiteCheckpoint(path: path)
        }
    }
}
