import Contracts
import Foundation
import Kernel
import SQLiteStore

/// The folder with a SQLite file per service.
struct DataFolder: Sendable {
    let path: String

    /// - Throws: `data_folder_unusable` when it cannot be made.
    init(_ path: String) throws(Fault) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Fault("data_folder_unusable", retryable: false, "\(path): \(error.localizedDescription)")
        }
    }

    func database(_ topic: Topic) -> SQLiteDatabase { SQLiteDatabase(path: "\(path)/\(topic.rawValue).db") }

    var access: SQLiteDatabase { SQLiteDatabase(path: "\(path)/access.db") }

    func exists(_ topic: Topic) -> Bool { FileManager.default.fileExists(atPath: database(topic).path) }

    /// Locks the folder for this process's life: proof that no other process holds a lease in it.
    ///
    /// - Throws: `already_running` when another process has it.
    func lock() throws(Fault) -> DataFolderLock {
        let descriptor = open("\(path)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault("data_folder_unusable", retryable: false, "\(path)/lock: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Fault("already_running", retryable: false, "another process uses \(path)")
        }
        return DataFolderLock(descriptor: descriptor)
    }
}

/// Held until it is released or the process ends, however it ends.
final class DataFolderLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
