import Kernel
import Ports

/// What `--broker kafka://host:port,…?name=value` says.
///
/// Names of our own are `prefix`, `replication`, `batch` (events in a record, 1 by default) and, for what is set on the topics when they are made,
/// `topic.NAME`; all others are librdkafka's and are passed on, such as `security.protocol`, `sasl.mechanism` or
/// `ssl.ca.location`.
public struct KafkaSettings: Sendable {
    /// `host:port,…`.
    let servers: String
    /// Topics are named `prefix.orders`, and so on.
    let prefix: String
    let partitions: Int
    let replication: Int
    /// Events in a record at most.
    let batch: Int
    /// Of new topics, such as `retention.ms`.
    let topicSettings: [(name: String, value: String)]
    /// Of every connection.
    let clientSettings: [(name: String, value: String)]

    /// Seven days: a reader that was away for longer reads the producing service's log.
    private static let retention = "604800000"
    /// What the order and the durability of events depend on.
    private static let fixed: Set<String> = [
        "enable.idempotence", "acks", "request.required.acks", "bootstrap.servers", "metadata.broker.list",
        "enable.partition.eof", "auto.offset.reset",
    ]

    /// - Parameter partitions: of each topic; how many the services' logs have.
    /// - Throws: `broker_url_invalid`.
    public init(_ url: BrokerURL, partitions: Int) throws(Fault) {
        guard url.scheme == "kafka" else { throw BrokerURL.invalid("'\(url.scheme)' is not kafka") }
        guard url.user == nil, url.path.isEmpty else {
            throw BrokerURL.invalid("Kafka's user and password are sasl.username and sasl.password")
        }
        servers = url.hosts.map { $0.contains(":") ? $0 : "\($0):9092" }.joined(separator: ",")
        self.partitions = partitions
        var prefix = "doorstep"
        var replication = 1
        var batch = 1
        var topic = [(name: "retention.ms", value: Self.retention)]
        var client: [(name: String, value: String)] = []
        for (name, value) in url.settings {
            switch name {
            case "prefix":
                guard !value.isEmpty, value.utf8.allSatisfy(Self.isLegal) else {
                    throw BrokerURL.invalid("prefix is letters, digits, '.', '_' and '-'")
                }
                prefix = value
            case "replication":
                guard let count = Int(value), (1...32).contains(count) else {
                    throw BrokerURL.invalid("replication is 1 to 32")
                }
                replication = count
            case "batch": batch = try EventMessage.batch(value)
            case _ where name.hasPrefix("topic.") && !name.hasPrefix("topic.metadata."):
                let name = String(name.dropFirst("topic.".count))
                topic.removeAll { $0.name == name }
                topic.append((name, value))
            case _ where Self.fixed.contains(name): throw BrokerURL.invalid("\(name) is not yours to set")
            default: client.append((name, value))
            }
        }
        self.prefix = prefix
        self.replication = replication
        self.batch = batch
        topicSettings = topic
        clientSettings = client
    }

    private static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
