import Contracts
import Kernel
import Ports
import Runtime

/// Where a service that did not listen for a long time begins: behind what is past its time in the log.
///
/// Reading from before would find a gap and wait for it for ever. Orders whose beginning is gone are not found; their
/// later events are folded all the same.
public enum LogBeginning {
    /// Moves cursors to the first events that are left.
    ///
    /// - Parameters:
    ///   - database: the search service's own, migrated, with no worker on it.
    ///   - logs: every topic's database.
    /// - Returns: how many events of each topic were passed over, where any were.
    public static func skipRemoved(
        _ database: any DatabaseConnection, logs: [Topic: any Database], partition: Int = 0
    ) throws(Fault) -> [Topic: Int64] {
        var skipped: [Topic: Int64] = [:]
        for (topic, log) in logs.sorted(by: { $0.key < $1.key }) {
            let producer = try log.connect(.read)
            defer { producer.close() }
            let removed = try RemovalTable.upTo(.events, producer, partition: partition)
            let position = try database.integer(
                "SELECT position FROM cursors WHERE topic = $1 AND partition = $2",
                [.text(topic.rawValue), .int(partition)])
            guard position < removed else { continue }
            skipped[topic] = removed - position
            try database.execute(
                """
                INSERT INTO cursors (topic, partition, position) VALUES ($1, $2, $3)
                ON CONFLICT (topic, partition) DO UPDATE SET position = excluded.position
                """, [.text(topic.rawValue), .int(partition), .integer(removed)])
        }
        return skipped
    }
}
