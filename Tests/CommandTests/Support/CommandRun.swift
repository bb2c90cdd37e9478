import Foundation
import Kernel
import Testing

/// What the built program said and how it ended.
struct CommandRun: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs `doorstep` with these arguments to its end.
    init(_ arguments: [String]) async throws {
        // Beside the test bundle, since the test target depends on it.
        let bundle = try #require(Bundle.main.executableURL)
        try await self.init(program: bundle.deletingLastPathComponent().appending(path: "doorstep"), arguments)
    }

    /// - Parameter environment: `nil` for this process's own.
    init(program: URL, _ arguments: [String], environment: [String: String]? = nil) async throws {
        let folder = try TemporaryFolder()
        let (outputPath, errorPath) = ("\(folder.path)/out", "\(folder.path)/err")
        for path in [outputPath, errorPath] {
            try #require(FileManager.default.createFile(atPath: path, contents: nil))
        }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
        let overdue = Task {
            try await Task.sleep(for: .seconds(120))
            kill(process.processIdentifier, SIGKILL)
        }
        defer { overdue.cancel() }
        status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        output = try String(contentsOfFile: outputPath, encoding: .utf8)
        errors = try String(contentsOfFile: errorPath, encoding: .utf8)
    }

    var document: JSONValue { get throws { try JSONValue(parsing: Array(output.utf8)) } }
}

/// A folder that disappears with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "doorstep-command-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    // What cannot be removed is the system's to clean up: a temporary folder.
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Asks again until it is so; ends the test when it is not in time.
func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ ask: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !ask() {
        try #require(ContinuousClock.now < deadline, "\(what) within \(limit)")
        try await Task.sleep(for: .milliseconds(20))
    }
}
