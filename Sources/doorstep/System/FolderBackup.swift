import Contracts
import Foundation
import Kernel
import SQLiteStore

/// A copy of a data folder as of one moment: whole under its name, or not there at all.
enum FolderBackup {
    /// - Parameters:
    ///   - folder: also one that a server uses.
    ///   - target: a folder that does not exist yet.
    /// - Throws: `backup_target_unusable`, and what ``SQLiteBackup/make(_:progress:)`` throws; then nothing is left.
    static func make(of folder: DataFolder, at target: String, progress: (String) -> Void) throws(Fault) {
        let unfinished = "\(target).unfinished"
        guard !FileManager.default.fileExists(atPath: target) else {
            throw Fault("backup_target_unusable", retryable: false, "'\(target)' exists already; name a new folder")
        }
        // What a backup that was cut off left.
        if FileManager.default.fileExists(atPath: unfinished) {
            try doing(unfinished) { try $0.removeItem(atPath: $1) }
        }
        try doing(unfinished) {
            try $0.createDirectory(
                atPath: $1, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        do throws(Fault) {
            try copy(folder, to: unfinished, progress)
            try doing(target) { try $0.moveItem(atPath: unfinished, toPath: $1) }
            try flush((target as NSString).deletingLastPathComponent)
        } catch {
            try doing(unfinished) { try $0.removeItem(atPath: $1) }
            throw error
        }
    }

    private static func copy(_ folder: DataFolder, to target: String, _ progress: (String) -> Void) throws(Fault) {
        let parts = StoreLocation.Part.allCases.filter(folder.exists)
        switch folder.store {
        case .sqlite(let source):
            let copies = parts.map { part in
                (SQLiteDatabase(path: StoreLocation.file(part, in: source)), StoreLocation.file(part, in: target))
            }
            try SQLiteBackup.make(copies) { index, done, all in
                progress("\(parts[index].rawValue).db: \(done) of \(all) pages")
            }
        case .postgres:
            throw Fault(
                "backup_by_server", retryable: false,
                "PostgreSQL is backed up by its own tools, as of one moment: pg_dump or pg_basebackup, see "
                    + "docs/postgresql.md. Keep the data folder's courier-secrets beside it.")
        }
        let secrets = "\(folder.path)/courier-secrets"
        if FileManager.default.fileExists(atPath: secrets) {
            try doing("\(target)/courier-secrets") { try $0.copyItem(atPath: secrets, toPath: $1) }
        }
        try flush(target)
    }

    private static func doing(_ path: String, _ body: (FileManager, String) throws -> Void) throws(Fault) {
        do {
            try body(.default, path)
        } catch {
            throw Fault("backup_target_unusable", retryable: false, "\(path): \(error.localizedDescription)")
        }
    }

    /// Makes a folder's names survive the loss of power.
    private static func flush(_ path: String) throws(Fault) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw Fault("backup_target_unusable", retryable: false, "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
