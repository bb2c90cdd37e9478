import Foundation
import Hummingbird
import Kernel
import Logging
import NIOCore
import Ports
import Synchronization
import Testing

@testable import HTTPAPI

/// A clock that tests move by hand.
final class TestClock: WallClock {
    private let milliseconds: Mutex<Int64>

    init(_ start: String = "2026-11-24T08:00:00Z") {
        milliseconds = Mutex(Instant(rfc3339: start)?.milliseconds ?? 0)
    }

    var now: Instant { Instant(milliseconds: milliseconds.withLock { $0 }) }

    func advance(_ duration: Duration) { milliseconds.withLock { $0 += duration.inMilliseconds } }
}

/// A folder that disappears with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "doorstep-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What the API answered.
struct TestAnswer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    var code: String? { json["code"]?.string }

    func header(_ name: String) -> String? { FieldName(name).flatMap { headers[$0] } }
}

/// Sends requests through the router, without a socket.
struct TestClient: Sendable {
    let responder: any HTTPResponder<APIContext>
    /// Sent as the bearer token unless a request says otherwise.
    var token: String?

    init(_ services: APIServices, token: String? = nil) {
        responder = router(services).buildResponder()
        self.token = token
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, key: String? = nil,
        headers: [String: String] = [:], token: String?? = nil
    ) async throws -> TestAnswer {
        var fields = HTTPFields()
        if let token = token ?? self.token { fields[.authorization] = "Bearer \(token)" }
        if let key { fields[.idempotencyKey] = key }
        if body != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers {
            if let name = FieldName(name) { fields[name] = value }
        }
        let head = HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let context = APIContext(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let response = try await responder.respond(to: request, context: context)
        let collector = Collector()
        try await response.body.write(CollectingWriter(collector: collector))
        let answer = TestAnswer(
            status: response.status.code, headers: response.headers, bytes: collector.bytes.withLock { $0 })
        // Whatever a test is about: nothing is answered that is not documented.
        #expect(Contract.published?.errors(method.rawValue, path, answer) == [])
        return answer
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> TestAnswer {
        try await send(.get, path, headers: headers)
    }

    /// With an idempotency key of its own, unless one is given.
    func post(
        _ path: String, _ body: String = "{}", key: String = UUID().uuidString, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(.post, path, body, key: key, headers: headers)
    }
}

private final class Collector: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

private struct CollectingWriter: ResponseBodyWriter {
    let collector: Collector

    func write(_ buffer: ByteBuffer) async throws {
        collector.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
