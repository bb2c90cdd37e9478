import Contracts
import Kernel
import Ports

/// Reads the logs of services whose databases this process can open: the newest events from memory, older ones from
/// the tables.
public final class LocalEventLog: EventLog {
    private let databases: [Topic: any Database]
    private let recent: RecentEvents
    private let reader: RecentEvents.ReaderID
    private var connections: [Topic: any DatabaseConnection] = [:]

    public init(databases: [Topic: any Database], recent: RecentEvents) {
        self.databases = databases
        self.recent = recent
        reader = recent.makeReader()
    }

    /// Reads from memory what was committed lately, and from the database what is older.
    public func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
        let known = recent.read(topic, partition: partition, after: position, limit: limit, by: reader)
        if let known { return known }
        let envelopes = try LogTable.read(
            topic, try connection(topic), partition: partition, after: position, limit: limit)
        if let first = envelopes.first, first.position != position + 1 {
            throw Fault("log_gap", retryable: true, "\(topic) \(partition): \(first.position) after \(position)")
        }
        return envelopes
    }

    /// Asks each database that has a cursor of the topic; 0 when none has.
    public func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        var least: Int64?
        for reader in databases.keys.sorted() where reader != topic {
            let position = try connection(reader).first(
                "SELECT position FROM cursors WHERE topic = $1 AND partition = $2",
                [.text(topic.rawValue), .int(partition)]
            ) { $0.integer(0) }
            if let position { least = min(least ?? position, position) }
        }
        return least ?? 0
    }

    private func connection(_ topic: Topic) throws(Fault) -> any DatabaseConnection {
        if let connection = connections[topic] { return connection }
        guard let database = databases[topic] else {
            throw Fault("log_unknown", retryable: false, "no database for topic \(topic)")
        }
        let connection = try database.connect(.read)
        connections[topic] = connection
        return connection
    }
}
