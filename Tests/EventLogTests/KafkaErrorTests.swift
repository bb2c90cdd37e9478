import CLibRdKafka
import Contracts
import Kernel
import Ports
import Runtime
import Testing

@testable import KafkaLog

/// Errors of a Kafka cluster, made on demand by librdkafka's own cluster of two brokers in this process.
@Suite(.serialized) struct KafkaErrorTests {
    /// Of the protocol.
    private enum Call: Int16 {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case initProducerID = 22
    }

    private final class Cluster {
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

    @Test func passingErrorsOfTheClusterLoseNothing() throws {
        let cluster = try Cluster()
        let rig = try Rig(broker: try cluster.broker)
        let log = rig.log()
        cluster.answer(.initProducerID, with: [RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS])
        cluster.answer(
            .produce,
            with: [
                RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            ])
        cluster.answer(
            .fetch, with: [RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE])
        try rig.producer.say(400)
        expectSame(try rig.read(400, from: log), rig.producer.said[0])
    }

    @Test func oneBrokerOfTwoMayBeAway() throws {
        let cluster = try Cluster()
        let rig = try Rig(broker: try cluster.broker)
        let log = rig.log()
        try rig.producer.say(100)
        #expect(try rig.read(100, from: log).count == 100)
        cluster.setBroker(1, isUp: false)
        try rig.producer.say(100)
        cluster.setBroker(1, isUp: true)
        try rig.producer.say(100)
        expectSame(try rig.read(200, from: log, after: 100), Array(rig.producer.said[0][100...]))
    }

    @Test func anErrorThatStaysIsTold() throws {
        let cluster = try Cluster()
        let broker = try cluster.broker
        let publisher = try broker.connectPublisher()
        let producer = try Producer()
        try producer.say(1)
        cluster.answer(.produce, with: [RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED])
        #expect { try publisher.publish(producer.said[0]) } throws: { ($0 as? Fault)?.code == "broker_refused" }
        #expect(try broker.connectPublisher().extent(.orders, partition: 0) == 0)
    }
}
