import CLibRdKafka
import Contracts
import Kernel
import Ports

/// Makes topics, and refuses those that do not fit.
enum KafkaTopics {
    private static let timeout: Int32 = 5000

    /// - Throws: `broker_unavailable`; `broker_refused` when a topic exists with fewer partitions than the log has.
    static func ensure(_ broker: KafkaBroker, _ client: KafkaClient) throws(Fault) {
        let missing = try missing(broker, client)
        if !missing.isEmpty { try create(missing, broker, client) }
    }

    private static func missing(_ broker: KafkaBroker, _ client: KafkaClient) throws(Fault) -> [Topic] {
        var known: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client.handle, 1, nil, &known, timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let known else {
            throw KafkaText.fault(code, "asking for the topics")
        }
        defer { rd_kafka_metadata_destroy(known) }
        var partitions: [String: Int] = [:]
        for index in 0..<Int(known.pointee.topic_cnt) {
            let topic = known.pointee.topics[index]
            if topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                partitions[String(cString: topic.topic)] = Int(topic.partition_cnt)
            }
        }
        var missing: [Topic] = []
        for topic in Topic.allCases {
            guard let count = partitions[broker.name(topic)] else {
                missing.append(topic)
                continue
            }
            guard count >= broker.settings.partitions else {
                throw Fault(
                    "broker_refused", retryable: false,
                    "the topic \(broker.name(topic)) has \(count) partitions, the log \(broker.settings.partitions)")
            }
        }
        return missing
    }

    private static func create(_ topics: [Topic], _ broker: KafkaBroker, _ client: KafkaClient) throws(Fault) {
        var wanted: [OpaquePointer?] = []
        defer { for topic in wanted { rd_kafka_NewTopic_destroy(topic) } }
        var text = [CChar](repeating: 0, count: 256)
        for topic in topics {
            guard
                let new = rd_kafka_NewTopic_new(
                    broker.name(topic), Int32(broker.settings.partitions), Int32(broker.settings.replication), &text,
                    text.count)
            else { throw Fault("broker_refused", retryable: false, KafkaText.string(text)) }
            for (name, value) in broker.settings.topicSettings { rd_kafka_NewTopic_set_config(new, name, value) }
            wanted.append(new)
        }
        let answers = rd_kafka_queue_new(client.handle)
        defer { rd_kafka_queue_destroy(answers) }
        rd_kafka_CreateTopics(client.handle, &wanted, wanted.count, nil, answers)
        guard let event = rd_kafka_queue_poll(answers, timeout * 2) else {
            throw Fault("broker_unavailable", retryable: true, "no answer to making topics")
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaText.fault(code, "making topics") }
        var count = 0
        guard let result = rd_kafka_event_CreateTopics_result(event),
            let made = rd_kafka_CreateTopics_result_topics(result, &count)
        else { throw Fault("broker_unavailable", retryable: true, "no result of making topics") }
        for index in 0..<count {
            let code = rd_kafka_topic_result_error(made[index])
            // Another process may have been faster.
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else {
                let text = rd_kafka_topic_result_error_string(made[index]).map { String(cString: $0) } ?? ""
                throw KafkaText.fault(code, "making a topic: \(text)")
            }
        }
    }
}
