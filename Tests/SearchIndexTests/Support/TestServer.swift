import AsyncHTTPClient
import Foundation
import NIOCore
import TestServers
import Testing

/// A server that speaks Elasticsearch's API, as a process of its own on a private port with a temporary folder.
final class TestServer: Sendable {
    enum Kind: String, Sendable, CaseIterable, CustomTestStringConvertible {
        /// Answers as Elasticsearch 8.
        case noida
        /// Answers as OpenSearch.
        case osmem

        var testDescription: String { rawValue }
    }

    let url: String
    private let kind: Kind
    let port: Int
    private let folder: String
    nonisolated(unsafe) private var process: Process

    private init(kind: Kind, port: Int, folder: String, process: Process) {
        self.kind = kind
        self.port = port
        self.folder = folder
        self.process = process
        url = "http://127.0.0.1:\(port)"
    }

    /// Starts a server, runs `body`, and stops the server.
    static func with<Result>(_ kind: Kind, _ body: (TestServer) async throws -> Result) async throws -> Result {
        let folder = NSTemporaryDirectory() + "doorstep-search-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let port = try FreePort.any()
        let server = TestServer(
            kind: kind, port: port, folder: folder, process: try launch(kind, port: port, folder: folder))
        defer {
            server.stop()
            // What cannot be removed is the system's to clean up: a temporary folder.
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await server.waitUntilUp()
        return try await body(server)
    }

    /// Ends it at once, as a crash does.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Starts it again, with nothing of what it had.
    func startEmpty() async throws {
        stop()
        try FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process = try Self.launch(kind, port: port, folder: folder)
        try await waitUntilUp()
    }

    private static func launch(_ kind: Kind, port: Int, folder: String) throws -> Process {
        let process = Process()
        switch kind {
        case .noida:
            process.executableURL = try binary("noida_db/noida-db")
            process.arguments = [
                "start", "--data-dir", folder, "--only", "elasticsearch", "--elasticsearch-port", "\(port)",
            ]
        case .osmem:
            process.executableURL = try binary("osmem_server/bin/osmem-server")
            process.arguments = ["-addr", "127.0.0.1:\(port)", "-no-stdin-watch", "-no-ja"]
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func binary(_ path: String) throws -> URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let library = root.appending(path: ".venv/lib")
        let pythons = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
        let found = pythons.map { library.appending(path: "\($0)/site-packages/\(path)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return try #require(found, "\(path) is not in .venv: run scripts/install-packages tests")
    }

    private func waitUntilUp() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let response = try? await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(1))
            if response?.status == .ok { return }
            try #require(ContinuousClock.now < deadline, "\(kind) on port \(port) within 20 s")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
