import Kernel
import Ports

/// How far a service's log was published to the broker: what operators look at. Where publishing goes on is asked of
/// the broker itself.
public enum RelayTable {
    static let table = """
        CREATE TABLE relays (
            partition BIGINT PRIMARY KEY,
            position BIGINT NOT NULL CHECK (position >= 0),
            stored_at BIGINT NOT NULL
        )
        """

    /// The last position that the broker acknowledged, at most some seconds old.
    ///
    /// - Returns: `nil` when nothing was ever published.
    public static func position(_ database: any DatabaseConnection, partition: Int) throws(Fault) -> Int64? {
        try database.first("SELECT position FROM relays WHERE partition = $1", [.int(partition)]) { $0.integer(0) }
    }

    static func store(_ positions: [Int: Int64], _ database: any DatabaseConnection, now: Instant) throws(Fault) {
        let rows = positions.sorted { $0.key < $1.key }.map { partition, position -> [SQLValue] in
            [.int(partition), .integer(position), .instant(now)]
        }
        try database.transaction { () throws(Fault) in
            _ = try database.executeEach(
                """
                INSERT INTO relays (partition, position, stored_at) VALUES ($1, $2, $3)
                ON CONFLICT (partition) DO UPDATE SET position = excluded.position, stored_at = excluded.stored_at
                """, rows)
        }
    }
}
