import Contracts
import Kernel
import Ports

/// RabbitMQ's streams over AMQP 0.9.1 behind ``EventBroker``: one stream per partition of a topic.
///
/// A message is an event in CloudEvents' JSON format, the document that the feeds give, with the content type
/// `application/cloudevents+json`, the event's type and id as the message's, and the headers `position` and
/// `traceparent`; or several events that follow each other, as a batch with `application/cloudevents-batch+json` and the
/// id and `position` of the first.
public final class RabbitMQBroker: EventBroker {
    let settings: RabbitMQSettings

    public init(_ settings: RabbitMQSettings) { self.settings = settings }

    /// The stream's name, such as `doorstep.orders.0`.
    func name(_ topic: Topic, _ partition: Int) -> String { "\(settings.prefix).\(topic.rawValue).\(partition)" }

    public func connectPublisher() throws(Fault) -> any EventPublisher {
        // No heartbeats: nobody would send them between publications. A publication has its own time limit.
        let connection = try RabbitMQConnection(settings, heartbeatSeconds: 0)
        try declareAll(connection)
        return try RabbitMQPublisher(self, connection)
    }

    public func connectReader() throws(Fault) -> any EventReader {
        let connection = try RabbitMQConnection(settings, heartbeatSeconds: 10)
        try declareAll(connection)
        return RabbitMQReader(self, connection)
    }

    private func declareAll(_ connection: RabbitMQConnection) throws(Fault) {
        for topic in Topic.allCases {
            for partition in 0..<settings.partitions { try declare(topic, partition, connection) }
        }
    }

    /// Makes a stream that is missing; one that exists stays as its operator made it.
    ///
    /// - Returns: how many messages it holds, roughly.
    @discardableResult
    func declare(_ topic: Topic, _ partition: Int, _ connection: RabbitMQConnection) throws(Fault) -> Int64 {
        let name = name(topic, partition)
        // A refusal closes its channel.
        if let count = try connection.declare(name, passive: true, settings) { return count }
        guard let count = try connection.declare(name, passive: false, settings) else {
            throw Fault("broker_unavailable", retryable: true, "the stream \(name) cannot be made")
        }
        return count
    }
}
