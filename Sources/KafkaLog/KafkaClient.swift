import CLibRdKafka
import Kernel
import Ports

/// A client of librdkafka, for one thread.
final class KafkaClient {
    /// `rd_kafka_t`.
    let handle: OpaquePointer
    /// Where delivery reports and errors arrive.
    let events: OpaquePointer
    /// Of a consumer.
    let pace: KafkaFetchPace?

    private init(handle: OpaquePointer, pace: KafkaFetchPace?) throws(Fault) {
        guard let events = rd_kafka_queue_get_main(handle) else {
            rd_kafka_destroy(handle)
            throw Fault("broker_refused", retryable: false, "librdkafka has no main queue")
        }
        self.handle = handle
        self.events = events
        self.pace = pace
    }

    deinit {
        rd_kafka_queue_destroy(events)
        // What was not delivered would hold the end up; whoever closes has no use for it.
        rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    /// In milliseconds.
    private static let timeout: Int32 = 5000
    private static let common = [
        ("client.id", "doorstep"), ("reconnect.backoff.ms", "50"), ("reconnect.backoff.max.ms", "1000"),
        ("socket.connection.setup.timeout.ms", "3000"), ("log.connection.close", "false"),
    ]

    /// Sends in order and without repetitions within one connection, and waits for no more than what is there.
    static func producer(_ settings: KafkaSettings) throws(Fault) -> KafkaClient {
        try make(
            RD_KAFKA_PRODUCER, settings, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR,
            [
                ("linger.ms", "1"), ("compression.type", "lz4"), ("message.timeout.ms", "10000"),
                ("batch.num.messages", "2000"),
            ],
            fixed: [("enable.idempotence", "true"), ("acks", "all")])
    }

    /// Reads partitions that it is told to, in no group.
    static func consumer(_ settings: KafkaSettings) throws(Fault) -> KafkaClient {
        try make(
            RD_KAFKA_CONSUMER, settings, RD_KAFKA_EVENT_ERROR,
            [
                ("fetch.wait.max.ms", "100"), ("fetch.error.backoff.ms", "100"),
                // Where more is queued, librdkafka looks again only after a second, however soon it was taken.
                ("queued.min.messages", "1000000"), ("queued.max.messages.kbytes", "32768"),
                ("receive.message.max.bytes", "512000000"), ("topic.metadata.refresh.interval.ms", "30000"),
            ],
            fixed: [("enable.partition.eof", "true"), ("auto.offset.reset", "earliest")])
    }

    private static func make(
        _ kind: rd_kafka_type_t, _ settings: KafkaSettings, _ events: Int32, _ defaults: [(String, String)],
        fixed: [(String, String)]
    ) throws(Fault) -> KafkaClient {
        guard let configuration = rd_kafka_conf_new() else {
            throw Fault("broker_refused", retryable: false, "librdkafka has no memory")
        }
        let own = defaults + common
        let given = settings.clientSettings.map { ($0.name, $0.value) }
        for (name, value) in own + given + fixed + [("bootstrap.servers", settings.servers)] {
            do throws(Fault) {
                try set(configuration, name, value)
            } catch {
                rd_kafka_conf_destroy(configuration)
                throw error
            }
        }
        let pace = kind == RD_KAFKA_CONSUMER ? KafkaFetchPace() : nil
        pace?.install(in: configuration)
        rd_kafka_conf_set_events(configuration, events)
        // What matters arrives as events; the rest would be lines on standard error.
        rd_kafka_conf_set_log_cb(configuration, nil)
        var text = [CChar](repeating: 0, count: 512)
        guard let handle = rd_kafka_new(kind, configuration, &text, text.count) else {
            rd_kafka_conf_destroy(configuration)
            throw Fault("broker_refused", retryable: false, KafkaText.string(text))
        }
        return try KafkaClient(handle: handle, pace: pace)
    }

    private static func set(_ configuration: OpaquePointer, _ name: String, _ value: String) throws(Fault) {
        var text = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(configuration, name, value, &text, text.count)
        guard result == RD_KAFKA_CONF_OK else {
            // librdkafka quotes the value, which may be a password.
            throw BrokerURL.invalid("librdkafka does not take the setting \(name)")
        }
    }

    /// - Returns: where the partition's first record is, and where its next one will be.
    /// - Throws: `broker_unavailable`, `broker_refused`.
    func offsets(of topic: String, _ partition: Int) throws(Fault) -> Range<Int64> {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(handle, topic, Int32(partition), &low, &high, Self.timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaText.fault(code, "asking for the end of \(topic) \(partition)")
        }
        return low..<max(low, high)
    }

    /// Looks whether the broker was away since the last look. One server of several may be away: the library knows how
    /// to do without it.
    ///
    /// - Throws: `broker_unavailable`, or `broker_refused` when it will not let us in.
    func checkErrors() throws(Fault) {
        while let event = rd_kafka_queue_poll(events, 0) {
            defer { rd_kafka_event_destroy(event) }
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR { try Self.check(event) }
        }
    }

    /// - Throws: what an error event says, if no retry of the library's own helps.
    static func check(_ event: OpaquePointer) throws(Fault) {
        let code = rd_kafka_event_error(event)
        switch code {
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__FATAL,
            RD_KAFKA_RESP_ERR__SSL:
            throw KafkaText.fault(code, rd_kafka_event_error_string(event).map { String(cString: $0) } ?? "")
        default: break
        }
    }
}

/// librdkafka's errors as ours.
enum KafkaText {
    static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func fault(_ code: rd_kafka_resp_err_t, _ detail: String) -> Fault {
        let name = rd_kafka_err2name(code).map { String(cString: $0) } ?? "\(code.rawValue)"
        switch code {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR__SSL:
            // Retried all the same by whoever loops: an operator mends it at the broker.
            return Fault("broker_refused", retryable: false, "\(name) \(detail)")
        default: return Fault("broker_unavailable", retryable: true, "\(name) \(detail)")
        }
    }
}
