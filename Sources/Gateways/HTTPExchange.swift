import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// One request and what came of it, told so that the caller knows whether the other party can have seen it.
enum HTTPExchange: Sendable {
    /// A complete answer within the limits.
    case answered(HTTPAnswer)
    /// Not a byte of the request was written: it certainly did not happen.
    case notSent(reason: String)
    /// The request was written at least in part, and no complete answer came back.
    case lost(reason: String)
}

struct HTTPAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    /// `Retry-After` in seconds, at most a day; `nil` when there is none or it is a date.
    var retryAfter: Duration? {
        guard let text = headers.first(name: "retry-after"), let seconds = Int64(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86_400))
    }
}

/// What a party may take of our time and memory.
public struct HTTPLimits: Sendable, Equatable {
    /// To establish a connection, TLS included.
    public var connect: Duration
    /// From asking for a connection to the last byte of the answer.
    public var total: Duration
    /// Of an answer's body; longer ones count as garbage.
    public var bodyBytesMax: Int

    public init(connect: Duration = .seconds(3), total: Duration = .seconds(10), bodyBytesMax: Int = 256 * 1024) {
        self.connect = connect
        self.total = total
        self.bodyBytesMax = bodyBytesMax
    }
}

/// Makes requests: no redirects, no cookies, no proxies, one time-out for all of it, answers of a bounded size.
///
/// AsyncHTTPClient's delegate interface is used over its async one since only a delegate learns whether the request
/// was written.
enum HTTPCaller {
    /// A client whose calls and connections share one event loop, chosen in turn.
    ///
    /// With several, a call lives on one loop and its connection on another, and the library tells its pool that a
    /// connection is free two hops after the last byte was written. A party that answered and hung up in between ended
    /// the program: the pool knew the connection no more (async-http-client 1.37.0, `HTTP1ClientChannelHandler`,
    /// `sendRequestEnd`). On one loop nothing comes in between.
    static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
        HTTPClient(
            eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup.next()),
            configuration: configuration)
    }

    static func configuration(_ limits: HTTPLimits, connections: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(limits.connect.inMilliseconds * 1_000_000)),
            connectionPool: .init(
                idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: connections),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        // A refused connection is an answer here: retrying is the effect runner's business, which also counts it.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    static func exchange(
        _ method: HTTPMethod, _ url: String, headers: HTTPHeaders, body: [UInt8]?, limits: HTTPLimits,
        client: HTTPClient
    ) async -> HTTPExchange {
        let request: HTTPClient.Request
        do {
            request = try HTTPClient.Request(
                url: url, method: method, headers: headers,
                body: body.map { Self.body($0, mayCall: LastWord.ofCall?.mayCall) })
        } catch {
            return .notSent(reason: "malformed URL: \(error)")
        }
        let delegate = ExchangeDelegate(bodyBytesMax: limits.bodyBytesMax)
        let task = client.execute(
            request: request, delegate: delegate,
            deadline: .now() + .nanoseconds(limits.total.inMilliseconds * 1_000_000))
        return await withTaskCancellationHandler {
            do {
                return .answered(try await task.futureResult.get())
            } catch {
                // Nobody acts on a head without its body.
                if error is NotOursAnyMore { return .notSent(reason: "another process has taken over") }
                let reason = Self.describe(error)
                return delegate.wasSent ? .lost(reason: reason) : .notSent(reason: reason)
            }
        } onCancel: {
            task.fail(reason: HTTPClientError.cancelled)
        }
    }

    private static func body(_ bytes: [UInt8], mayCall: (@Sendable () -> Bool)?) -> HTTPClient.Body {
        guard let mayCall else { return .bytes(bytes) }
        return .stream(contentLength: Int64(bytes.count)) { writer in
            guard mayCall() else {
                return writer.write(.byteBuffer(ByteBuffer())).flatMapThrowing { throw NotOursAnyMore() }
            }
            return writer.write(.byteBuffer(ByteBuffer(bytes: bytes)))
        }
    }

    private static func describe(_ error: any Error) -> String {
        if error is AnswerTooLong { return "answer too long" }
        if let error = error as? HTTPClientError {
            return error == .deadlineExceeded || error == .readTimeout ? "time-out" : error.shortDescription
        }
        return String(describing: error)
    }
}

struct AnswerTooLong: Error {}

/// Collects an answer and remembers whether the request went out.
private final class ExchangeDelegate: HTTPClientResponseDelegate {
    private struct State {
        var wasSent = false
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }

    private let state = Mutex(State())
    private let bodyBytesMax: Int

    init(bodyBytesMax: Int) { self.bodyBytesMax = bodyBytesMax }

    var wasSent: Bool { state.withLock { $0.wasSent } }

    func didSendRequestHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPRequestHead) {
        state.withLock { $0.wasSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.body.count + buffer.readableBytes <= bodyBytesMax else { return false }
            state.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(AnswerTooLong())
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) throws -> HTTPAnswer {
        try state.withLock { state in
            guard let head = state.head else { throw HTTPClientError.remoteConnectionClosed }
            return HTTPAnswer(status: Int(head.status.code), headers: head.headers, body: state.body)
        }
    }
}
