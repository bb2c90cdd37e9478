import Contracts
import Foundation
import Kernel
import Ports
import Runtime

/// The folder with what a process keeps in files, and where its tables are: in the same folder unless told otherwise.
struct DataFolder: Sendable {
    let path: String
    let store: StoreLocation

    /// - Throws: `data_folder_unusable` when it cannot be made.
    init(_ path: String, store: StoreLocation? = nil) throws(Fault) {
        self.path = path
        self.store = store ?? .sqlite(folder: path)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Fault("data_folder_unusable", retryable: false, "\(path): \(error.localizedDescription)")
        }
    }

    func database(_ topic: Topic) -> any Database { store.database(StoreLocation.Part(topic)) }

    var access: any Database { store.database(.access) }

    var search: any Database { store.database(.search) }

    /// Whether the store has been made, as far as that can be told without connecting.
    func exists(_ part: StoreLocation.Part) -> Bool {
        switch store {
        case .sqlite(let folder): FileManager.default.fileExists(atPath: StoreLocation.file(part, in: folder))
        case .postgres: true
        }
    }

    /// The services whose tables are here: those of others may be in stores that cannot be opened.
    ///
    /// - Throws: `store_empty` when there is none; as ``DatabaseConnection``.
    func services() throws(Fault) -> [Topic] {
        var here: [Topic] = []
        for topic in Topic.allCases where exists(StoreLocation.Part(topic)) {
            let connection = try database(topic).connect(.read)
            defer { connection.close() }
            if try connection.hasTable("leases") { here.append(topic) }
        }
        guard !here.isEmpty else {
            throw Fault("store_empty", retryable: false, "No service has made its tables in '\(store.text)' yet.")
        }
        return here
    }

    /// Locks the folder for this process's life: proof that no other process holds a lease in it, or that all who do
    /// share.
    ///
    /// - Throws: `already_running` when another process has it.
    func lock(isShared: Bool = false) throws(Fault) -> DataFolderLock {
        let descriptor = open("\(path)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault("data_folder_unusable", retryable: false, "\(path)/lock: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            close(descriptor)
            let server = serverURL.map { ", \($0)" } ?? ""
            throw Fault("already_running", retryable: false, "another process uses the folder '\(path)'\(server)")
        }
        let lock = DataFolderLock(descriptor: descriptor)
        if !isShared { try lock.announce("") }
        return lock
    }

    /// Does something that only one process at a time may do in this folder; the others wait.
    ///
    /// - Throws: `data_folder_unusable` when the folder cannot be written; what `body` throws.
    func alone<Value>(_ body: () throws(Fault) -> Value) throws(Fault) -> Value {
        let descriptor = open("\(path)/turn", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault("data_folder_unusable", retryable: false, "\(path)/turn: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw Fault(
                    "data_folder_unusable", retryable: false, "\(path)/turn: \(String(cString: strerror(errno)))")
            }
        }
        return try body()
    }

    /// Where a server is reached that works on the store: one of those that share it, or the one that has the lock.
    func livingServerURL(now: Instant) -> String? {
        for part in [StoreLocation.Part.orders, .warehouse, .shipping] where exists(part) {
            do throws(Fault) {
                let connection = try store.database(part).connect(.read)
                defer { connection.close() }
                let addresses = try NodeTable.living(connection, now: now).map(\.address)
                if let address = addresses.first(where: { !$0.isEmpty }) { return address }
            } catch {
                // A store of an older version, or one that cannot be read, names nobody.
                continue
            }
        }
        return serverURL
    }

    /// Where the server that holds the lock is reached, or the last one that did; `nil` when none said so.
    var serverURL: String? {
        guard let content = FileManager.default.contents(atPath: "\(path)/lock"), !content.isEmpty else { return nil }
        return String(decoding: content, as: UTF8.self)
    }
}

/// Held until it is released or the process ends, however it ends.
final class DataFolderLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    /// Leaves word in the lock's file where this process is reached.
    ///
    /// - Throws: `data_folder_unusable` when it cannot be written.
    func announce(_ url: String) throws(Fault) {
        let bytes = Array(url.utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw Fault("data_folder_unusable", retryable: false, "lock: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }
}
