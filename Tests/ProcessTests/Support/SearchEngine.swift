import Foundation
import TestServers
import Testing

/// A server that answers as Elasticsearch 8 or OpenSearch, as a process of its own.
final class SearchEngine: Sendable {
    enum Kind: Sendable {
        case elasticsearch, openSearch
    }

    let port: Int
    private let kind: Kind
    private let folder: TemporaryFolder

    init(_ kind: Kind = .elasticsearch) throws {
        self.kind = kind
        port = try FreePort.any()
        folder = try TemporaryFolder()
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it with nothing in it.
    func start(_ client: Requester) async throws -> Program {
        let program: Program
        switch kind {
        case .elasticsearch:
            program = try Program(
                [
                    "start", "--data-dir", "\(folder.path)/\(UUID().uuidString)", "--only", "elasticsearch",
                    "--elasticsearch-port", String(port),
                ], executable: try Self.executable("noida_db/noida-db"), in: folder, name: "engine")
        case .openSearch:
            program = try Program(
                ["-addr", "127.0.0.1:\(port)", "-no-stdin-watch", "-no-ja"],
                executable: try Self.executable("osmem_server/bin/osmem-server"), in: folder, name: "engine")
        }
        let engine = Requester(client: client.client, baseURL: url)
        try await eventuallyTrue("an answer of the engine") {
            do { return try await engine.get("/").status == 200 } catch { return false }
        }
        return program
    }

    private static func executable(_ path: String) throws -> URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let library = root.appending(path: ".venv/lib")
        let pythons = try FileManager.default.contentsOfDirectory(atPath: library.path)
        let found = pythons.map { library.appending(path: "\($0)/site-packages/\(path)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return try #require(found, "\(path) is not in .venv: run scripts/install-packages tests")
    }
}
