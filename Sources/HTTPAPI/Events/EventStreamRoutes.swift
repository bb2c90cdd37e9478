import Contracts
import Hummingbird
import Kernel
import NIOCore

/// The commits of this process as server-sent events, for dashboards.
enum EventStreamRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/events", .scope(.ordersRead)) { call async throws(Problem) in try listen(call, services) }
        ]
    }

    /// Events from now on; `topics` chooses, and a key sees only the topics that it may read.
    private static func listen(_ call: Call, _ services: APIServices) throws(Problem) -> Reply {
        var query = call.query
        let wanted =
            query.parsed("topics", "a list such as orders,shipping") { text -> Set<Topic>? in
                let topics = text.split(separator: ",").map { Topic(rawValue: String($0)) }
                return topics.contains(nil) ? nil : Set(topics.compactMap(\.self))
            } ?? Set(Topic.allCases)
        try query.finish()
        let topics = wanted.filter { call.caller?.scopes.contains($0.scope) == true }
        guard let commits = services.eventStream.subscribe(to: topics) else {
            throw Problem(.unavailable, "Too many listen already.", retryAfter: 10)
        }
        let body = ServerSentEvents.body(commits) { envelopes in
            envelopes.map { envelope in
                ServerSentEvents.message(
                    id: "\(envelope.topic.rawValue)-\(envelope.partition)-\(envelope.position)",
                    event: envelope.event.type,
                    data: String(decoding: CloudEvents.document(envelope), as: UTF8.self))
            }.joined()
        }
        return .stream("text/event-stream", body)
    }
}

/// Writing of server-sent events.
///
/// - Source: WHATWG HTML, section 9.2, "Server-sent events".
public enum ServerSentEvents {
    /// After how long a comment is sent when there is nothing else, so that dead connections are noticed.
    static let heartbeat = Duration.seconds(15)

    /// One message; line ends in the data become several `data` lines.
    public static func message(id: String? = nil, event: String, data: String) -> String {
        var text = id.map { "id: \($0)\n" } ?? ""
        text += "event: \(event)\n"
        for line in data.split(separator: "\n", omittingEmptySubsequences: false) { text += "data: \(line)\n" }
        return text + "\n"
    }

    /// A body that writes what `render` makes of every element, such as a commit's events, until the stream ends or the
    /// client is gone.
    ///
    /// - Parameter render: messages, or an empty text for nothing.
    public static func body<Element: Sendable>(
        _ source: AsyncStream<Element>, _ render: @escaping @Sendable (Element) async -> String
    ) -> ResponseBody {
        ResponseBody { writer in
            try await write(": connected\n\n", &writer)
            let (texts, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(256))
            let events = Task {
                for await element in source {
                    let text = await render(element)
                    if text.isEmpty { continue }
                    guard case .enqueued = continuation.yield(text) else { break }
                }
                continuation.finish()
            }
            let beats = Task {
                // Sleeping ends with an error when the client is gone.
                while (try? await Task.sleep(for: heartbeat)) != nil { continuation.yield(":\n\n") }
            }
            defer {
                events.cancel()
                beats.cancel()
            }
            for await text in texts { try await write(text, &writer) }
            try await writer.finish(nil)
        }
    }

    private static func write(_ text: String, _ writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: text))
    }
}
