import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Stands between a client and a real server over HTTP: notes what is asked, and answers some of it itself.
public final class Front: Sendable {
    public struct Asked: Sendable {
        public let method: String
        public let path: String
        public let authorization: String?
        public let bytes: Int
    }

    /// An answer in place of the server's; after a delay.
    public struct Answer: Sendable {
        public var status: Int
        /// `nil` for the server's own answer, to the request as it came.
        public var body: String?
        public var delay: Duration
        /// Nothing comes after the body, and not its end either.
        public var isEndless: Bool

        public init(status: Int = 200, body: String? = "{}", delay: Duration = .zero, isEndless: Bool = false) {
            self.status = status
            self.body = body
            self.delay = delay
            self.isEndless = isEndless
        }
    }

    private struct State {
        public var asked: [Asked] = []
        var rule: @Sendable (Asked) -> Answer? = { _ in nil }
    }

    public let url: String
    private let target: String
    private let state = Mutex(State())

    private init(url: String, target: String) {
        self.url = url
        self.target = target
    }

    public var asked: [Asked] { state.withLock { $0.asked } }

    /// - Parameter rule: `nil` passes a request on.
    public func answer(_ rule: @escaping @Sendable (Asked) -> Answer?) { state.withLock { $0.rule = rule } }

    /// Listens for as long as `body` runs.
    ///
    /// - Parameter target: where the server is, such as `http://127.0.0.1:9200`.
    public static func with<Result: Sendable>(
        _ target: String, _ body: @escaping @Sendable (Front) async throws -> Result
    ) async throws -> Result {
        let port = try FreePort.any()
        let front = Front(url: "http://127.0.0.1:\(port)", target: target)
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
            if let content = answer.body { return Self.response(answer, content) }
        }
        return try await passOn(request, body)
    }

    private static func response(_ answer: Answer, _ content: String) -> Response {
        let text = ByteBuffer(string: content)
        let body =
            answer.isEndless
            ? ResponseBody { writer in
                try await writer.write(text)
                try await Task.sleep(for: .seconds(3600))
            } : ResponseBody(byteBuffer: text)
        return Response(
            status: .init(code: answer.status), headers: [.contentType: "application/json"], body: body)
    }

    private func passOn(_ request: Request, _ body: ByteBuffer) async throws -> Response {
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
