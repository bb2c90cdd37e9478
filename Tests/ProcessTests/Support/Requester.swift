import AsyncHTTPClient
import Kernel
import NIOCore

/// What a server answered.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let text: String

    var json: JSONValue { (try? JSONValue(parsing: Array(text.utf8))) ?? .null }
}

/// Sends requests over HTTP; no answer is an error.
struct Requester: Sendable {
    let client: HTTPClient
    let baseURL: String
    var token: String?

    func get(_ path: String) async throws -> Answer { try await send(.get, path, nil, [:]) }

    func post(
        _ path: String, _ body: String, key: String? = nil, headers: [String: String] = [:],
        within limit: TimeAmount = .seconds(20)
    ) async throws -> Answer {
        var headers = headers
        if let key { headers["idempotency-key"] = key }
        return try await send(.post, path, body, headers, within: limit)
    }

    func delete(_ path: String) async throws -> Answer { try await send(.delete, path, nil, [:]) }

    private func send(
        _ method: Method, _ path: String, _ body: String?, _ headers: [String: String],
        within limit: TimeAmount = .seconds(20)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .init(rawValue: method.rawValue)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await client.execute(request, timeout: limit)
        let content = try await response.body.collect(upTo: 64 << 20)
        var fields: [String: String] = [:]
        for field in response.headers { fields[field.name.lowercased()] = field.value }
        return Answer(status: Int(response.status.code), headers: fields, text: String(buffer: content))
    }

    private enum Method: String {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// A client that tells a refused connection at once instead of trying again by itself.
    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(3)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
