import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Stands between the server and a real search engine, and makes it slow, full or silent.
final class SearchEngineFront: Sendable {
    enum Trouble: Sendable, Equatable {
        case none
        /// Every write is answered so, as a cluster does that has no room, or too much to do.
        case refusesWrites(status: Int, type: String)
        /// Everything is answered so.
        case refuses(status: Int)
        /// Everything is answered so much later.
        case late(Duration)
        /// Nothing is answered, and no connection closed.
        case silent
        /// Half of an answer comes, and then nothing.
        case stuck
    }

    let url: String
    private let target: String
    private let trouble = Mutex(Trouble.none)

    private init(url: String, target: String) {
        self.url = url
        self.target = target
    }

    func set(_ trouble: Trouble) { self.trouble.withLock { $0 = trouble } }

    /// Listens for as long as `body` runs.
    static func with(_ target: String, _ body: @escaping @Sendable (SearchEngineFront) async throws -> Void)
        async throws
    {
        let port = try FreePort.any()
        let front = SearchEngineFront(url: "http://127.0.0.1:\(port)", target: target)
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
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.runService(gracefulShutdownSignals: []) }
            for await _ in up { break }
            defer { group.cancelAll() }
            try await body(front)
        }
    }

    private func handle(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 64 << 20)
        switch trouble.withLock({ $0 }) {
        case .none: break
        case .refusesWrites(let status, let type):
            if request.uri.path.hasSuffix("_bulk") { return Self.refusal(status, type) }
        case .refuses(let status): return Self.refusal(status, "unavailable")
        case .late(let delay): try await Task.sleep(for: delay)
        case .silent: try await Task.sleep(for: .seconds(3600))
        case .stuck:
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: #"{"took":1,"#))
                    try await Task.sleep(for: .seconds(3600))
                })
        }
        return try await passOn(request, body)
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

    private static func refusal(_ status: Int, _ type: String) -> Response {
        let error = #"{"error":{"type":"\#(type)","reason":"a test wants it so"},"status":\#(status)}"#
        return Response(
            status: .init(code: status), headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: error)))
    }
}
