import CLibRdKafka
import Contracts
import Kernel
import Ports

/// Reads partitions through librdkafka's queue of fetched records, without a consumer group: who reads what is decided
/// by leases, and positions are kept by the readers.
final class KafkaReader: EventReader {
    private let broker: KafkaBroker
    private let client: KafkaClient
    private let queue: OpaquePointer
    private var topics: [Topic: OpaquePointer] = [:]
    private var names: [OpaquePointer: Topic] = [:]
    private var started: Set<Place> = [] {
        didSet {
            client.pace?.reads(
                started.reduce(into: [:]) { counts, place in counts[broker.name(place.topic), default: 0] += 1 })
        }
    }
    /// Partitions of which everything that there was has been returned.
    private(set) var ended: Set<Place> = []
    private static let pageLimit = 2000

    struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    init(_ broker: KafkaBroker, _ client: KafkaClient) throws(Fault) {
        self.broker = broker
        self.client = client
        guard let queue = rd_kafka_queue_new(client.handle) else {
            throw Fault("broker_unavailable", retryable: true, "librdkafka has no queue")
        }
        self.queue = queue
        for topic in Topic.allCases {
            guard let handle = rd_kafka_topic_new(client.handle, broker.name(topic), nil) else {
                throw KafkaText.fault(rd_kafka_last_error(), broker.name(topic))
            }
            topics[topic] = handle
            names[handle] = topic
        }
    }

    deinit {
        for place in started {
            if let handle = topics[place.topic] { rd_kafka_consume_stop(handle, Int32(place.partition)) }
        }
        rd_kafka_queue_destroy(queue)
        for handle in topics.values { rd_kafka_topic_destroy(handle) }
    }

    func seek(_ topic: Topic, partition: Int, to place: ReadingPlace) throws(Fault) {
        try leave(topic, partition: partition)
        guard let handle = topics[topic] else { preconditionFailure("no topic \(topic)") }
        let offset: Int64
        switch place {
        case .offset(let wanted): offset = wanted
        case .end:
            // Told to begin at the end by itself, librdkafka waits half a second if it does not know the leader yet.
            let offsets = try client.offsets(of: broker.name(topic), partition)
            offset = max(offsets.lowerBound, offsets.upperBound - 1)
        }
        guard rd_kafka_consume_start_queue(handle, Int32(partition), offset, queue) == 0 else {
            throw KafkaText.fault(rd_kafka_last_error(), "reading \(topic.rawValue) \(partition)")
        }
        started.insert(Place(topic: topic, partition: partition))
    }

    func leave(_ topic: Topic, partition: Int) throws(Fault) {
        let place = Place(topic: topic, partition: partition)
        ended.remove(place)
        guard started.remove(place) != nil, let handle = topics[topic] else { return }
        guard rd_kafka_consume_stop(handle, Int32(partition)) == 0 else {
            throw KafkaText.fault(rd_kafka_last_error(), "leaving \(topic.rawValue) \(partition)")
        }
    }

    func poll(atMost wait: Duration) throws(Fault) -> [BrokerRecord] {
        try client.checkErrors()
        // A batch waits until it is full or the time is over: so one record is waited for, and the rest taken as it is.
        var one: UnsafeMutablePointer<rd_kafka_message_t>?
        one = rd_kafka_consume_queue(queue, Int32(wait.inMilliseconds))
        guard let one else { return [] }
        var messages: [UnsafeMutablePointer<rd_kafka_message_t>?] = .init(repeating: nil, count: Self.pageLimit)
        messages[0] = one
        let more = messages.withUnsafeMutableBufferPointer { buffer in
            rd_kafka_consume_batch_queue(queue, 0, buffer.baseAddress.map { $0 + 1 }, buffer.count - 1)
        }
        let count = 1 + max(0, more)
        defer { for message in messages[..<count] { rd_kafka_message_destroy(message) } }
        var records: [BrokerRecord] = []
        records.reserveCapacity(count)
        for message in messages[..<count] {
            if let message, let record = try record(message.pointee) { records.append(record) }
        }
        return records
    }

    private func record(_ message: rd_kafka_message_t) throws(Fault) -> BrokerRecord? {
        guard let topic = names[message.rkt] else { return nil }
        let place = Place(topic: topic, partition: Int(message.partition))
        guard started.contains(place) else { return nil }
        switch message.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            ended.remove(place)
            return BrokerRecord(
                topic: topic, partition: place.partition, offset: message.offset,
                document: UnsafeBufferPointer(
                    start: message.payload?.assumingMemoryBound(to: UInt8.self), count: message.len))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            ended.insert(place)
            return nil
        default:
            let text = rd_kafka_err2str(message.err).map { String(cString: $0) } ?? ""
            throw KafkaText.fault(message.err, "\(topic.rawValue) \(place.partition): \(text)")
        }
    }

    /// What is left to do is done when the last reference goes.
    func close() {}
}
