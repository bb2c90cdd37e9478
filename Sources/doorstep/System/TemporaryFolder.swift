import Foundation
import Kernel

/// Folders for databases that are not kept.
enum TemporaryFolder {
    /// A path where nothing is yet.
    ///
    /// - Parameter purpose: a word for whoever finds the folder after a crash.
    static func newPath(for purpose: String) -> String {
        FileManager.default.temporaryDirectory.appending(path: "doorstep-\(purpose)-\(UUID())").path
    }

    /// Makes a folder, and removes it when `body` has ended.
    ///
    /// - Throws: `data_folder_unusable`, and what `body` throws.
    static func with<Value>(
        for purpose: String, _ body: (DataFolder) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let folder = try DataFolder(newPath(for: purpose))
        defer {
            do {
                try FileManager.default.removeItem(atPath: folder.path)
            } catch {
                Terminal.tell("\(folder.path) could not be removed: \(error.localizedDescription)")
            }
        }
        return try await body(folder)
    }
}
