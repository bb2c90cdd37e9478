import AsyncHTTPClient
import Contracts
import Kernel
import NIOCore
import NIOHTTP1
import Ports

/// Reads events from the feeds of the producing services, over HTTP.
///
/// It blocks for as long as an answer takes: it is for loops of their own, which fill the buffer that workers read.
public final class FeedEventLog: EventLog {
    /// Where one service is reached.
    public struct Service: Sendable {
        /// Such as `http://10.0.0.5:8080`.
        let baseURL: String
        /// An API key with the scope of the topic; asked before each request, since it may change.
        let key: @Sendable () -> String?

        public init(baseURL: String, key: @escaping @Sendable () -> String? = { nil }) {
            self.baseURL = baseURL
            self.key = key
        }
    }

    private let services: [Topic: Service]
    private let readers: [Topic: [Service]]
    private let partitions: Int?
    private let client: HTTPClient

    private static let timeout = TimeAmount.seconds(5)
    private static let answerBytesMax = 64 << 20
    /// What the feeds give at most at a time.
    private static let pageMax = 1000

    /// - Parameters:
    ///   - services: the producers.
    ///   - readers: the services that read a topic, for ``readByAll(_:partition:)``.
    ///   - partitions: that every log must have; `nil` for any number.
    ///   - client: shared, and shut down by whoever made it.
    public init(
        services: [Topic: Service], readers: [Topic: [Service]] = [:], partitions: Int? = nil, client: HTTPClient
    ) {
        self.services = services
        self.readers = readers
        self.partitions = partitions
        self.client = client
    }

    /// One page of the feed, at once.
    ///
    /// - Throws: as ``read(_:partition:after:limit:waiting:)``.
    public func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
        try read(topic, partition: partition, after: position, limit: limit, waiting: 0)
    }

    /// One page of the feed.
    ///
    /// - Parameter seconds: to wait for the first event where there is none yet, 0–30.
    /// - Throws: `feed_unavailable` (retryable) without a complete answer; `feed_refused` for a key that may not read it
    ///   or a service that has no such feed; `partitions_differ` (retryable: an operator mends it) when its
    ///   store is divided otherwise than this one; `log_gap` (retryable) when the feed begins later than asked; as
    ///   ``CloudEvents/readBatch(_:)``.
    public func read(
        _ topic: Topic, partition: Int, after position: Int64, limit: Int, waiting seconds: Int
    ) throws(Fault) -> [Envelope] {
        guard let service = services[topic] else {
            throw Fault("log_unknown", retryable: false, "no feed for topic \(topic)")
        }
        let body = try get(
            service,
            "/v1/feeds/\(topic.rawValue)/\(partition)?after=\(position)&limit=\(min(limit, Self.pageMax))"
                + (seconds > 0 ? "&wait=\(seconds)" : ""), within: Self.timeout + .seconds(Int64(seconds)))
        let envelopes = try CloudEvents.readBatch(body)
        var expected = position
        for envelope in envelopes {
            expected += 1
            guard envelope.topic == topic, envelope.partition == partition, envelope.position == expected else {
                throw Fault("log_gap", retryable: true, "\(topic) \(partition): \(envelope.position), not \(expected)")
            }
        }
        return envelopes
    }

    /// Asks every reader how far it has come.
    ///
    /// - Returns: 0 when nobody reads the topic.
    public func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        var least: Int64?
        for reader in readers[topic] ?? [] {
            let body = try get(reader, "/v1/cursors/\(topic.rawValue)/\(partition)")
            let json: JSONValue
            do {
                json = try JSONValue(parsing: body)
            } catch {
                throw Fault("feed_unavailable", retryable: true, "an answer that is no JSON")
            }
            let position = try json.requireInteger("position")
            least = min(least ?? position, position)
        }
        return least ?? 0
    }

    private func get(
        _ service: Service, _ path: String, within limit: TimeAmount = timeout
    ) throws(Fault) -> [UInt8] {
        var headers = HTTPHeaders()
        if let key = service.key() { headers.add(name: "authorization", value: "Bearer \(key)") }
        let response: HTTPClient.Response
        do {
            let request = try HTTPClient.Request(url: service.baseURL + path, headers: headers)
            response = try client.execute(
                request: request, delegate: ResponseAccumulator(request: request, maxBodySize: Self.answerBytesMax),
                deadline: .now() + limit
            ).wait()
        } catch {
            throw Fault("feed_unavailable", retryable: true, "\(service.baseURL)\(path): \(error)")
        }
        let body = response.body.map { Array($0.readableBytesView) } ?? []
        switch response.status.code {
        case 200:
            let told = response.headers.first(name: "doorstep-partitions").flatMap { Int($0) }
            guard let partitions, let told, partitions != told else { return body }
            throw Fault(
                "partitions_differ", retryable: true,
                "\(service.baseURL)\(path): a log of \(told) partitions, this store has \(partitions)")
        case 401, 403, 404:
            throw Fault("feed_refused", retryable: true, "\(service.baseURL)\(path): \(response.status.code)")
        default: throw Fault("feed_unavailable", retryable: true, "\(service.baseURL)\(path): \(response.status.code)")
        }
    }
}
