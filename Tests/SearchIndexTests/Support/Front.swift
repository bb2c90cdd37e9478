import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Testing

/// Stands between the adapter and a real server: notes what is asked, and answers some of it itself.
final class Front: Sendable {
    struct Asked: Sendable {
        let method: String
        let path: String
        let authorization: String?
        let bytes: Int
    }

    /// An answer in place of the server's; after a delay.
    struct Answer: Sendable {
        var status = 200
        var body = "{}"
        var delay = Duration.zero
        /// Nothing comes after the body, and not its end either.
        var isEndless = false
    }

    private struct State {
        var asked: [Asked] = []
        var rule: @Sendable (Asked) -> Answer? = { _ in nil }
    }

    let url: String
    private let target: String
    private let state = Mutex(State())

    private init(url: String, target: String) {
        self.url = url
        self.target = target
    }

    var asked: [Asked] { state.withLock { $0.asked } }

    /// - Parameter rule: `nil` passes a request on.
    func answer(_ rule: @escaping @Sendable (Asked) -> Answer?) { state.withLock { $0.rule = rule } }

    static func with<Result: Sendable>(
        _ server: TestServer, _ body: @escaping @Sendable (Front) async throws -> Result
    ) async throws -> Result {
        let port = try TestServer.freePort()
        let front = Front(url: "http://127.0.0.1:\(port)", target: server.url)
        let router = Router()
        for method in [HTTPRequest.Method.get, .post, .put, .delete] {
            router.on("/**", method: method) { request, _ in try await front.handle(request) }
        }
        var logger = Logger(label: "front")
        logger.logLevel = .critical
        let (up, continuation) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in continuation.yield() }, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.runService(gracefulShutdownSignals: []) }
            for await _ in up { break }
            defer { group.cancelAll() }
            return try await body(front)
        }
    }

    private func handle(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 64 << 20)
        let asked = Asked(
            method: request.method.rawValue, path: request.uri.string, authorization: request.headers[.authorization],
            bytes: body.readableBytes)
        let rule = state.withLock { state in
            state.asked.append(asked)
            return state.rule
        }
        if let answer = rule(asked) {
            try await Task.sleep(for: answer.delay)
            if answer.isEndless {
                return Response(
                    status: .ok,
                    body: .init { writer in
                        try await writer.write(ByteBuffer(string: answer.body))
                        try await Task.sleep(for: .seconds(3600))
                    })
            }
            return Response(
                status: .init(code: answer.status), headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: answer.body)))
        }
        var onward = HTTPClientRequest(url: target + request.uri.string)
        onward.method = .RAW(value: request.method.rawValue)
        if let type = request.headers[.contentType] { onward.headers.add(name: "content-type", value: type) }
        if body.readableBytes > 0 { onward.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(onward, timeout: .seconds(10))
        let content = try await response.body.collect(upTo: 64 << 20)
        return Response(
            status: .init(code: Int(response.status.code)), headers: [.contentType: "application/json"],
            body: .init(byteBuffer: content))
    }
}
