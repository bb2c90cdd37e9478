import CLibRabbitMQ
import CLibRdKafka
import Contracts
import Kernel
import Ports
import Testing

@testable import KafkaLog
@testable import RabbitMQLog

/// Somebody else who writes to our topics.
enum Strangers {
    static func write(_ documents: [String], to broker: any EventBroker, partition: Int = 0) throws {
        switch broker {
        case let kafka as KafkaBroker: try write(documents, kafka, partition)
        case let rabbit as RabbitMQBroker: try write(documents, rabbit, partition)
        default: Issue.record("a broker of an unknown kind")
        }
    }

    private static func write(_ documents: [String], _ broker: KafkaBroker, _ partition: Int) throws {
        let client = try KafkaClient.producer(broker.settings)
        for document in documents {
            let bytes = Array(document.utf8)
            let code = doorstep_kafka_produce(
                client.handle, broker.name(.orders), Int32(partition), [1], 1, bytes, bytes.count, "text/plain", "x",
                "y",
                1)
            #expect(code == RD_KAFKA_RESP_ERR_NO_ERROR)
        }
        var reports = 0
        while reports < documents.count {
            let event = try #require(rd_kafka_queue_poll(client.events, 10_000))
            defer { rd_kafka_event_destroy(event) }
            while let message = rd_kafka_event_message_next(event) {
                #expect(message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR)
                reports += 1
            }
        }
    }

    private static func write(_ documents: [String], _ broker: RabbitMQBroker, _ partition: Int) throws {
        let connection = try RabbitMQConnection(broker.settings, heartbeatSeconds: 0)
        let channel = try connection.openChannel()
        for document in documents {
            let bytes = Array(document.utf8)
            let status = doorstep_amqp_publish(
                connection.handle, channel, broker.name(.orders, partition), bytes, bytes.count, "text/plain", "x", "y",
                1,
                "z")
            #expect(status == AMQP_STATUS_OK.rawValue)
        }
        connection.closeChannel(channel)
    }
}
