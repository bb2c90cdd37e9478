import KafkaLog
import Kernel
import Ports
import RabbitMQLog

/// How events reach the services that read them.
enum EventTransport: Sendable, Equatable {
    /// Straight from the producers' logs: the newest from memory, older ones from their tables.
    case logs
    /// Through a broker, which relays fill from the logs.
    case broker(BrokerURL)

    /// - Parameter url: as `--broker` takes it.
    /// - Throws: `broker_url_invalid`.
    init(broker url: String) throws(Fault) {
        self = .broker(try BrokerURL(url))
        // Says now what is wrong with it; connecting comes later.
        _ = try broker(partitions: 1)
    }

    /// - Parameter partitions: of the services' logs.
    /// - Returns: `nil` where there is none.
    /// - Throws: `broker_url_invalid`.
    func broker(partitions: Int) throws(Fault) -> (any EventBroker)? {
        guard case .broker(let url) = self else { return nil }
        switch url.scheme {
        case "kafka": return KafkaBroker(try KafkaSettings(url, partitions: partitions))
        case "amqp", "amqps": return RabbitMQBroker(try RabbitMQSettings(url, partitions: partitions))
        default: throw BrokerURL.invalid("the scheme is kafka, amqp or amqps")
        }
    }
}
