import Foundation
import Kernel
import Runtime

/// A whole server in a temporary folder, with a world outside that answers at once.
enum BenchServer {
    /// Runs `body`, stops the server, and audits what it left.
    ///
    /// - Throws: what starting, `body` and auditing throw. The folder is removed in any case.
    static func with<Outcome: Sendable>(
        _ body: @escaping @Sendable (RunningServer) async throws -> Outcome
    ) async throws -> (Outcome, [AuditCheck]) {
        let folder = TemporaryFolder.newPath(for: "bench")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = ServerConfiguration()
        configuration.system.dataPath = folder
        configuration.port = try FreePort.any()
        configuration.gateway = AnsweringWorld()
        configuration.isRateLimited = false
        let outcome = try await RunningServer.with(configuration, body)
        let data = try DataFolder(folder)
        let checks = try await OwnThread.run { Result { () throws(Fault) in try SystemAudit.run(data) } }.get()
        return (outcome, checks)
    }
}
