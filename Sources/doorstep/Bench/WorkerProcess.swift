import Foundation
import Kernel
import Synchronization

/// A process of `bench processes`, seen from the one that started it.
///
/// It says that it is ready, begins when it is told to, says how much processor time its orders took, and goes on
/// working for the others until its input ends.
final class WorkerProcess: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let unread = Mutex<[UInt8]>([])

    /// - Parameter core: the processor that it is held to.
    /// - Throws: when it cannot be started.
    init(_ arguments: [String], core: Int?) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        if let core {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
            process.arguments = ["-c", String(core), program] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
        }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// - Throws: `bench_failed` when it ended instead; it has said why.
    func line() throws(Fault) -> String {
        while true {
            let line: String? = unread.withLock { unread in
                guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            if let line { return line }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Fault("bench_failed", retryable: false, "a worker ended") }
            unread.withLock { $0 += more }
        }
    }

    /// - Throws: `bench_failed`.
    func expect(_ text: String) throws(Fault) {
        let said = try line()
        guard said == text else { throw Fault("bench_failed", retryable: false, "a worker said \(said)") }
    }

    func begin() { input.fileHandleForWriting.write(Data("\n".utf8)) }

    /// - Throws: `bench_failed` when it did not end well.
    func end() throws(Fault) {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Fault("bench_failed", retryable: false, "a worker ended with \(process.terminationStatus)")
        }
    }

    /// Where nobody waits for its end any more.
    func kill() {
        if process.isRunning { process.terminate() }
    }
}
