import Foundation
import Testing

/// A server that answers as Elasticsearch 8, as a process of its own.
final class SearchEngine: Sendable {
    let port: Int
    private let folder: TemporaryFolder

    init() throws {
        port = try FreePort.any()
        folder = try TemporaryFolder()
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it with nothing in it.
    func start(_ client: Requester) async throws -> Program {
        let program = try Program(
            [
                "start", "--data-dir", "\(folder.path)/\(UUID().uuidString)", "--only", "elasticsearch",
                "--elasticsearch-port", String(port),
            ], executable: try Self.executable, in: folder, name: "engine")
        let engine = Requester(client: client.client, baseURL: url)
        try await eventuallyTrue("an answer of the engine") {
            do { return try await engine.get("/").status == 200 } catch { return false }
        }
        return program
    }

    private static var executable: URL {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let library = root.appending(path: ".venv/lib")
            let pythons = try FileManager.default.contentsOfDirectory(atPath: library.path)
            let found = pythons.map { library.appending(path: "\($0)/site-packages/noida_db/noida-db") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) }
            return try #require(found, "noida-db is not in .venv: run scripts/install-packages tests")
        }
    }
}
