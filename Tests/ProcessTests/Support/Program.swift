import Foundation
import Synchronization
import Testing

/// A program, by default the built one, run as a process of its own.
final class Program: Sendable {
    struct End: Sendable, Equatable {
        /// The exit code, or the signal that ended it.
        let code: Int32
        let isSignal: Bool

        static let success = End(code: 0, isSignal: false)
        static func exit(_ code: Int32) -> End { End(code: code, isSignal: false) }
        static let killed = End(code: SIGKILL, isSignal: true)
    }

    let processID: Int32
    private let outputPath: String
    private let errorPath: String
    private let ending = Ending()
    private let process: Process

    /// Starts a program with these arguments; what it says goes into files of the folder.
    ///
    /// - Parameters:
    ///   - executable: `nil` for `doorstep`.
    ///   - environment: beside this process's own.
    init(
        _ arguments: [String], executable: URL? = nil, in folder: TemporaryFolder, name: String = "program",
        environment: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = try executable ?? Self.executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(filePath: folder.path)
        let run = "\(folder.path)/\(name)-\(UUID().uuidString.prefix(8))"
        (outputPath, errorPath) = ("\(run).out", "\(run).err")
        for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errorPath))
        // Not this object, which shall go with whoever started the program.
        process.terminationHandler = { [ending] process in
            ending.note(End(code: process.terminationStatus, isSignal: process.terminationReason == .uncaughtSignal))
        }
        try process.run()
        self.process = process
        processID = process.processIdentifier
    }

    deinit {
        // A test that failed half way leaves nothing running, and nothing stopped.
        if isRunning { kill(processID, SIGKILL) }
    }

    /// Beside the test bundle, since the test target depends on it.
    static var executable: URL {
        get throws {
            let bundle = try #require(Bundle.main.executableURL)
            return bundle.deletingLastPathComponent().appending(path: "doorstep")
        }
    }

    var end: End? { ending.end }
    var isRunning: Bool { end == nil }
    var output: String { Self.text(outputPath) }
    var errors: String { Self.text(errorPath) }

    func signal(_ number: Int32) {
        if isRunning { kill(processID, number) }
    }

    /// Waits until it has ended.
    func waitForEnd(within limit: Duration = .seconds(20)) async throws -> End {
        do {
            return try await eventually("the end of process \(processID)", within: limit) { end }
        } catch {
            throw Failure("\(error); it said: \(output.suffix(1000))\(errors.suffix(3000))")
        }
    }

    /// `kill -9`, and waits until it is gone.
    func killHard() async throws {
        signal(SIGKILL)
        _ = try await waitForEnd()
    }

    /// Runs to its end.
    static func run(
        _ arguments: [String], in folder: TemporaryFolder, within limit: Duration = .seconds(30)
    ) async throws -> (end: End, output: String, errors: String) {
        let program = try Program(arguments, in: folder, name: arguments.first ?? "none")
        let end = try await program.waitForEnd(within: limit)
        return (end, program.output, program.errors)
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// How a program ended, once it has.
private final class Ending: Sendable {
    private let state = Mutex<Program.End?>(nil)

    var end: Program.End? { state.withLock { $0 } }

    func note(_ end: Program.End) { state.withLock { $0 = end } }
}
