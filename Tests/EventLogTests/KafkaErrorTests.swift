import CLibRdKafka
import Contracts
import Kernel
import Ports
import Runtime
import Testing

@testable import KafkaLog

/// Errors of a Kafka cluster, made on demand by librdkafka's own cluster of two brokers in this process.
@Suite(.serialized) struct KafkaErrorTests {
    @Test func passingErrorsOfTheClusterLoseNothing() throws {
        let cluster = try KafkaCluster()
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
        let cluster = try KafkaCluster()
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
        let cluster = try KafkaCluster()
        let broker = try cluster.broker
        let publisher = try broker.connectPublisher()
        let producer = try Producer()
        try producer.say(1)
        cluster.answer(.produce, with: [RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED])
        #expect { try publisher.publish(producer.said[0]) } throws: { ($0 as? Fault)?.code == "broker_refused" }
        #expect(try broker.connectPublisher().extent(.orders, partition: 0) == 0)
    }
}
