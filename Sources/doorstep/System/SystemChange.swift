import Foundation
import HTTPAPI
import Kernel

/// A change that a person makes from the command line.
///
/// Only one process may write a folder's services. So a server that runs on it is asked, over its API with a key that
/// lives for the call; when none runs, the services are started for a moment, calling nobody outside.
enum SystemChange {
    /// For audit logs: whose terminal it was.
    static var actor: String { "command line of \(NSUserName())" }

    /// - Parameters:
    ///   - scope: what the server must allow.
    ///   - call: asks a server.
    ///   - directly: does it with the services themselves.
    /// - Throws: `already_running` when another process than a server has the folder, `server_unreachable`, `refused`,
    ///   and what the two throw.
    static func make<Value>(
        in folder: DataFolder, scope: Scope, through call: (ServerCall) async throws -> Value,
        directly: (DoorstepSystem) async throws -> Value
    ) async throws -> Value {
        var configuration = SystemConfiguration()
        configuration.dataPath = folder.path
        configuration.store = folder.store
        if !folder.store.isLockedWithFolder, let url = folder.livingServerURL(now: SystemClock().now) {
            return try await ServerCall.with(url, folder, scope, call)
        }
        let system: DoorstepSystem
        do throws(Fault) {
            system = try await DoorstepSystem.start(configuration, gateway: nil, observers: [])
        } catch {
            guard error.code == "already_running", let url = folder.livingServerURL(now: SystemClock().now) else {
                throw error
            }
            return try await ServerCall.with(url, folder, scope, call)
        }
        do {
            let value = try await directly(system)
            await system.stop()
            return value
        } catch {
            await system.stop()
            throw error
        }
    }
}
