import Foundation
import Synchronization

/// A real PostgreSQL, as `scripts/server` starts it, in a temporary folder and on a port of its own, with fsync on.
public final class PostgresServer: Sendable {
    /// Why there is no server.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    public let folder: String
    private let process = ServerProcess("server")
    private static let names = Atomic(0)

    /// Makes the folder and starts the server.
    ///
    /// - Throws: ``Failure`` when it is not up within a minute.
    public init() throws {
        port = try FreePort.any()
        folder =
            FileManager.default.temporaryDirectory.appending(
                path: "doorstep-postgres-\(ProcessInfo.processInfo.processIdentifier)-\(port)"
            ).path
        try start()
    }

    /// One for all tests of a process, stopped and removed when it exits.
    public static func shared() throws -> PostgresServer { try theShared.get() }

    private static let theShared: Result<PostgresServer, any Error> = Result {
        let server = try PostgresServer()
        toRemove.withLock { $0 = server }
        atexit { PostgresServer.toRemove.withLock { $0 }?.remove() }
        return server
    }

    private static let toRemove = Mutex<PostgresServer?>(nil)

    public var url: String { "postgres://postgres@127.0.0.1:\(port)/postgres" }

    /// A schema that no other test has.
    public func schema(_ name: String) -> String {
        "\(name)_\(Self.names.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// Of the postmaster; `nil` while it does not run.
    public var processIdentifier: Int32? { process.processIdentifier }

    /// Starts it, again and again for a minute: after a kill its children may hold its memory for a moment.
    public func start() throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let started = try process.launch(["run", "postgres", folder, String(port)])
            while started.isRunning, ContinuousClock.now < deadline {
                if isReady(started) {
                    process.keep(started)
                    return
                }
                poll(nil, 0, 20)
            }
            guard ContinuousClock.now < deadline else {
                started.terminate()
                throw Failure(description: "PostgreSQL is not up in \(folder)")
            }
            poll(nil, 0, 100)
        }
    }

    /// Its file names its process in the first line and says in the eighth how far it is.
    private func isReady(_ started: Process) -> Bool {
        guard let content = FileManager.default.contents(atPath: "\(folder)/cluster/postmaster.pid") else {
            return false
        }
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count >= 8 && lines[0] == String(started.processIdentifier)
            && lines[7].trimmingCharacters(in: .whitespaces) == "ready"
    }

    /// `kill -9` of the postmaster.
    public func killHard() { process.end(SIGKILL) }

    /// Stops it in order, without waiting for its clients.
    public func stop() { process.end(SIGINT) }

    /// Ends every session of a client, as a network that fails does.
    ///
    /// - Throws: ``Failure`` when psql does not do it.
    public func cutConnections() throws {
        try run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                + "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
    }

    /// A database that no other test has.
    ///
    /// - Returns: its URL.
    /// - Throws: ``Failure`` when psql does not make it.
    public func makeDatabase() throws -> String {
        let name = schema("installation")
        try run("CREATE DATABASE \(name)")
        return "postgres://postgres@127.0.0.1:\(port)/\(name)"
    }

    private func run(_ sql: String) throws {
        let client = Process()
        client.executableURL = URL(filePath: "/usr/bin/psql")
        client.arguments = [url, "-qAtc", sql]
        client.standardOutput = FileHandle.nullDevice
        try client.run()
        client.waitUntilExit()
        guard client.terminationStatus == 0 else { throw Failure(description: "psql: \(client.terminationStatus)") }
    }

    /// Stops it and removes what it kept.
    public func remove() {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
