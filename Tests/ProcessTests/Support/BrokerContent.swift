import Contracts
import KafkaLog
import Kernel
import Ports
import PostgresStore
import RabbitMQLog
import TestServers

/// What a broker holds of the services' logs, read from its first record on.
struct BrokerContent {
    /// What is missing at the broker, or differs from the log.
    private(set) var differences: [String] = []
    /// What the logs hold.
    let eventCount: Int

    /// Reads every partition of every topic, until all that the logs hold has come or the time is over.
    ///
    /// - Parameters:
    ///   - database: of the services.
    ///   - limit: for all of it; blocks so long at most.
    init(
        _ kind: BrokerServer.Kind, url: String, database: String, partitions: Int, within limit: Duration = .seconds(60)
    ) throws {
        let location = try BrokerURL(url)
        let broker: any EventBroker =
            switch kind {
            case .kafka: KafkaBroker(try KafkaSettings(location, partitions: partitions))
            case .rabbitmq: RabbitMQBroker(try RabbitMQSettings(location, partitions: partitions))
            }
        var logs: [Place: [Int64: String]] = [:]
        for topic in Topic.allCases { try Self.readLog(topic, database, into: &logs) }
        eventCount = logs.values.reduce(0) { $0 + $1.count }
        let reader = try broker.connectReader()
        defer { reader.close() }
        for place in logs.keys { try reader.seek(place.topic, partition: place.partition, to: .offset(0)) }
        var missing = logs
        let deadline = ContinuousClock.now + limit
        while missing.values.contains(where: { !$0.isEmpty }), ContinuousClock.now < deadline {
            for record in try reader.poll(atMost: .milliseconds(200)) {
                let place = Place(topic: record.topic, partition: record.partition)
                for envelope in record.envelopes {
                    if logs[place]?[envelope.position] != envelope.event.type {
                        differences.append("\(place): \(envelope.position) is \(envelope.event.type) at the broker")
                    }
                    missing[place]?[envelope.position] = nil
                }
            }
        }
        for (place, positions) in missing where !positions.isEmpty {
            differences.append(
                "\(place): \(positions.count) events are missing, the first is \(positions.keys.min() ?? 0)")
        }
    }

    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    /// Types of events by place and position.
    private static func readLog(
        _ topic: Topic, _ database: String, into logs: inout [Place: [Int64: String]]
    ) throws(Fault) {
        let connection = try PostgresDatabase(url: database, schema: topic.rawValue).connect(.read)
        defer { connection.close() }
        try connection.query("SELECT place, type FROM events", []) { row in
            let (partition, position) = (Int(row.integer(0) >> 48), row.integer(0) & (1 << 48 - 1))
            logs[Place(topic: topic, partition: partition), default: [:]][position] = row.text(1)
        }
    }
}
