import Foundation
import Synchronization

/// The process of a server that a script of the project starts, and what is done to it.
final class ServerProcess: Sendable {
    private let script: String
    private let current = Mutex<Process?>(nil)

    /// - Parameter script: its name in `scripts/`.
    init(_ script: String) {
        self.script =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "scripts/\(script)").path
    }

    /// `nil` while it does not run.
    var processIdentifier: Int32? { current.withLock { $0?.processIdentifier } }

    /// Starts the script, and nothing is known of it yet.
    func launch(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: script)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// - Returns: the script's exit code.
    func run(_ arguments: [String]) throws -> Int32 {
        let process = try launch(arguments)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// It is up.
    func keep(_ process: Process) { current.withLock { $0 = process } }

    /// Sends a signal, and waits for the end.
    func end(_ signal: Int32) {
        let running = current.withLock { process in
            defer { process = nil }
            return process
        }
        guard let running else { return }
        kill(running.processIdentifier, signal)
        running.waitUntilExit()
    }
}
