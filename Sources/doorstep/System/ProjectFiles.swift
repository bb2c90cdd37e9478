import Foundation
import Kernel

/// Files that come with the program: the process models and the API document.
enum ProjectFiles {
    /// Looks in `DOORSTEP_HOME`, the working folder, and the executable's folder and those above it.
    ///
    /// - Throws: `file_missing` with the places that were tried.
    static func locate(_ relative: String) throws(Fault) -> String {
        var roots: [String] = []
        if let home = ProcessInfo.processInfo.environment["DOORSTEP_HOME"] { roots.append(home) }
        roots.append(FileManager.default.currentDirectoryPath)
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path.count > 1 {
            roots.append(folder.path)
            folder.deleteLastPathComponent()
        }
        for root in roots where FileManager.default.isReadableFile(atPath: "\(root)/\(relative)") {
            return "\(root)/\(relative)"
        }
        throw Fault(
            "file_missing", retryable: false,
            "\(relative) is in none of \(roots.joined(separator: ", ")); set DOORSTEP_HOME")
    }

    static func read(_ relative: String) throws(Fault) -> [UInt8] {
        let path = try locate(relative)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault("file_missing", retryable: false, "\(path) cannot be read")
        }
        return Array(data)
    }
}
