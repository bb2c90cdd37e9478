import CLibRdKafka
import Contracts
import Ports
import Testing

@testable import KafkaLog

/// A Kafka cluster of two brokers in this process, librdkafka's own, that errs on demand.
final class KafkaCluster {
    /// Of the protocol.
    enum Call: Int16 {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case initProducerID = 22
    }

    private let client: OpaquePointer
    private let cluster: OpaquePointer

    init() throws {
        var text = [CChar](repeating: 0, count: 256)
        client = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), &text, text.count))
        cluster = try #require(rd_kafka_mock_cluster_new(client, 2))
        // It does not know the request that makes topics.
        for topic in Topic.allCases {
            #expect(
                rd_kafka_mock_topic_create(cluster, "doorstep.\(topic.rawValue)", 2, 2)
                    == RD_KAFKA_RESP_ERR_NO_ERROR)
        }
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    var broker: KafkaBroker {
        get throws {
            let servers = String(cString: try #require(rd_kafka_mock_cluster_bootstraps(cluster)))
            return KafkaBroker(try KafkaSettings(try BrokerURL("kafka://\(servers)"), partitions: 2))
        }
    }

    /// The next answers to these requests.
    func answer(_ call: Call, with errors: [rd_kafka_resp_err_t]) {
        rd_kafka_mock_push_request_errors_array(cluster, call.rawValue, errors.count, errors)
    }

    func setBroker(_ number: Int32, isUp: Bool) {
        let code =
            isUp ? rd_kafka_mock_broker_set_up(cluster, number) : rd_kafka_mock_broker_set_down(cluster, number)
        #expect(code == RD_KAFKA_RESP_ERR_NO_ERROR)
    }
}
