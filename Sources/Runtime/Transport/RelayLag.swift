import Kernel
import Ports

/// How far the broker is behind one partition of a service's log, by what the relay noted last.
public struct RelayLag: Sendable, Equatable {
    public let partition: Int
    /// The last position that the broker acknowledged.
    public let position: Int64
    /// What it does not have yet.
    public let events: Int64
    /// Of the first of these; zero when there is none.
    public let age: Duration

    /// Of every partition that was ever published, in their order.
    public static func all(_ database: any DatabaseConnection, now: Instant) throws(Fault) -> [RelayLag] {
        try database.rows(
            """
            SELECT relays.partition, relays.position, heads.position,
                (SELECT recorded_at FROM events WHERE place = relays.partition * 281474976710656 + relays.position + 1)
            FROM relays JOIN heads ON heads.partition = relays.partition ORDER BY relays.partition
            """
        ) { row in
            RelayLag(
                partition: row.int(0), position: row.integer(1), events: max(0, row.integer(2) - row.integer(1)),
                age: row.optionalInstant(3).map { max(.zero, now - $0) } ?? .zero)
        }
    }
}
