import AsyncHTTPClient
import HTTPAPI
import Kernel
import NIOCore
import Runtime

/// The API of a running server, for one call.
struct ServerCall: Sendable {
    let url: String
    let token: String

    /// For the life of the process. A refused connection is an answer: trying again until the deadline would only make
    /// a person wait.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(5), read: .seconds(30)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Throws: what opening the keys throws, and what `body` throws.
    static func with<Value>(
        _ url: String, _ folder: DataFolder, _ scopes: Set<Scope>, _ body: (ServerCall) async throws -> Value
    ) async throws -> Value {
        let clock = SystemClock()
        let access = try await AccessStore.open(folder.access, clock: clock)
        defer { access.stop() }
        let (key, token) = try await access.create(
            name: SystemChange.actor, scopes: scopes, expiresAt: clock.now + .seconds(60), actor: SystemChange.actor)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(ServerCall(url: url, token: token)))
        } catch {
            result = .failure(error)
        }
        _ = try await access.revoke(key.id, actor: SystemChange.actor)
        return try result.get()
    }

    /// With one scope.
    ///
    /// - Throws: what opening the keys throws, and what `body` throws.
    static func with<Value>(
        _ url: String, _ folder: DataFolder, _ scope: Scope, _ body: (ServerCall) async throws -> Value
    ) async throws -> Value {
        try await with(url, folder, [scope], body)
    }

    /// - Returns: the answer's document.
    /// - Throws: `server_unreachable`, `refused` with the problem's code.
    func get(_ path: String) async throws(Fault) -> JSONValue { try await ask(HTTPClientRequest(url: url + path)) }

    /// - Parameter body: a JSON object.
    /// - Returns: the answer's document.
    /// - Throws: `server_unreachable`, `refused` with the problem's code.
    func post(_ path: String, _ body: String) async throws(Fault) -> JSONValue {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: "command-line-\(SystemClock().now.milliseconds)")
        request.body = .bytes(ByteBuffer(string: body))
        return try await ask(request)
    }

    private func ask(_ request: HTTPClientRequest) async throws(Fault) -> JSONValue {
        var request = request
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let (status, document) = try await exchange(request)
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

    private func exchange(_ request: HTTPClientRequest) async throws(Fault) -> (status: UInt, document: JSONValue) {
        do {
            let response = try await Self.client.execute(request, timeout: .seconds(30))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return (response.status.code, try JSONValue(parsing: Array(bytes.readableBytesView)))
        } catch {
            throw Fault("server_unreachable", retryable: true, "\(url) did not answer as expected: \(error)")
        }
    }
}
