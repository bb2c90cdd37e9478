import Foundation

/// A folder that disappears with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "doorstep-process-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    // What cannot be removed is the system's to clean up: a temporary folder.
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
