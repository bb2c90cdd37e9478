import AsyncHTTPClient
import HTTPAPI
import Kernel
import NIOCore
import Runtime

/// A change that a person makes from the command line.
///
/// Only one process may write a folder's services. So a server that runs on it is asked, over its API with a key that
/// lives for the call; when none runs, the services are started for a moment, calling nobody outside.
enum SystemChange {
    static let actor = "command line"

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
        let system: DoorstepSystem
        do throws(Fault) {
            system = try await DoorstepSystem.start(configuration, gateway: nil, observers: [])
        } catch {
            guard error.code == "already_running", let url = folder.serverURL else { throw error }
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

/// The API of the server that runs on a folder, for one call.
struct ServerCall: Sendable {
    private let url: String
    private let token: String

    /// - Throws: what opening the keys throws, and what `body` throws.
    static func with<Value>(
        _ url: String, _ folder: DataFolder, _ scope: Scope, _ body: (ServerCall) async throws -> Value
    ) async throws -> Value {
        let clock = SystemClock()
        let access = try await AccessStore.open(folder.access, clock: clock)
        defer { access.stop() }
        let (key, token) = try await access.create(
            name: SystemChange.actor, scopes: [scope], expiresAt: clock.now + .seconds(60), actor: SystemChange.actor)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(ServerCall(url: url, token: token)))
        } catch {
            result = .failure(error)
        }
        _ = try await access.revoke(key.id, actor: SystemChange.actor)
        return try result.get()
    }

    /// - Parameter body: a JSON object.
    /// - Returns: the answer's document.
    /// - Throws: `server_unreachable`, `refused` with the problem's code.
    func post(_ path: String, _ body: String) async throws(Fault) -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let (status, document) = try await exchange(path, body)
            if (200..<300).contains(status) { return document }
            // A server looks for unknown keys once a second.
            if status == 401, ContinuousClock.now < deadline {
                await OwnThread.run { Signal().wait(atMost: .milliseconds(200)) }
                continue
            }
            let detail = document["detail"]?.string ?? "the server answered \(status)"
            throw Fault("refused", retryable: false, "\(detail) (\(document["code"]?.string ?? "http_\(status)"))")
        }
    }

    private func exchange(_ path: String, _ body: String) async throws(Fault) -> (status: UInt, document: JSONValue) {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: "command-line-\(SystemClock().now.milliseconds)")
        request.body = .bytes(ByteBuffer(string: body))
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return (response.status.code, try JSONValue(parsing: Array(bytes.readableBytesView)))
        } catch {
            throw Fault("server_unreachable", retryable: true, "\(url) did not answer as expected: \(error)")
        }
    }
}
