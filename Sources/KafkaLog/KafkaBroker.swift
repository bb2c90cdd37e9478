import Contracts
import Kernel
import Ports

/// Kafka, or whatever speaks its protocol, behind ``EventBroker``.
///
/// One Kafka topic per topic, partition by partition as the log has them. A record is an event in CloudEvents' structured
/// mode: the document that the feeds give, with `content-type: application/cloudevents+json`, and beside it the headers
/// `position` and `traceparent`. Its key is the event's subject. With the setting `batch` a record holds several events,
/// which the binding does not know: a JSON batch, without key and `traceparent`. Only plain features of Kafka are used.
///
/// - Source: CloudEvents 1.0.2, Kafka protocol binding, section 3.3.
public final class KafkaBroker: EventBroker {
    let settings: KafkaSettings

    public init(_ settings: KafkaSettings) {
        self.settings = settings
    }

    /// The topic's name at the broker.
    func name(_ topic: Topic) -> String { "\(settings.prefix).\(topic.rawValue)" }

    public func connectPublisher() throws(Fault) -> any EventPublisher {
        let client = try KafkaClient.producer(settings)
        try KafkaTopics.ensure(self, client)
        return KafkaPublisher(self, client)
    }

    public func connectReader() throws(Fault) -> any EventReader {
        let client = try KafkaClient.consumer(settings)
        try KafkaTopics.ensure(self, client)
        return try KafkaReader(self, client)
    }
}
