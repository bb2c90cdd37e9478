import Contracts
import Kernel
import Ports

/// A service's own log: events at dense positions, visible in order because the head row is locked until commit.
public enum LogTable {
    private static let positionBits: Int64 = 48

    static func place(_ partition: Int, _ position: Int64) -> Int64 { Int64(partition) << positionBits | position }

    /// Appends within the current transaction.
    /// - Returns: the events with their places.
    static func append(
        _ events: [Event], _ database: any DatabaseConnection, partition: Int, now: Instant
    ) throws(Fault) -> [Envelope] {
        guard !events.isEmpty else { return [] }
        try database.execute(
            "UPDATE heads SET position = position + $2 WHERE partition = $1", [.int(partition), .int(events.count)])
        let head = try database.integer("SELECT position FROM heads WHERE partition = $1", [.int(partition)])
        var position = head - Int64(events.count)
        var envelopes: [Envelope] = []
        var rows: [[SQLValue]] = []
        envelopes.reserveCapacity(events.count)
        rows.reserveCapacity(events.count)
        for event in events {
            position += 1
            envelopes.append(Envelope(partition: partition, position: position, recordedAt: now, event: event))
            rows.append([
                .integer(place(partition, position)), .integer(event.key), .text(event.type), .instant(now),
                .text(String(decoding: event.json, as: UTF8.self)),
            ])
        }
        try database.executeEach(
            "INSERT INTO events (place, key, type, recorded_at, payload) VALUES ($1, $2, $3, $4, $5)", rows)
        return envelopes
    }

    /// Events after a position, in order.
    public static func read(
        _ topic: Topic, _ database: any DatabaseConnection, partition: Int, after position: Int64, limit: Int
    ) throws(Fault) -> [Envelope] {
        try database.rows(
            "SELECT place, type, recorded_at, payload FROM events WHERE place > $1 AND place < $2 "
                + "ORDER BY place LIMIT $3",
            [.integer(place(partition, position)), .integer(place(partition + 1, 0)), .int(limit)]
        ) { row throws(Fault) in try envelope(topic, row) }
    }

    /// All events of one key, in order: the part of its history that this service wrote.
    public static func history(
        _ topic: Topic, _ database: any DatabaseConnection, key: Int64
    ) throws(Fault) -> [Envelope] {
        try database.rows(
            "SELECT place, type, recorded_at, payload FROM events WHERE key = $1 ORDER BY place", [.integer(key)]
        ) { row throws(Fault) in try envelope(topic, row) }
    }

    /// The last position given out.
    public static func head(_ database: any DatabaseConnection, partition: Int) throws(Fault) -> Int64 {
        try database.integer("SELECT position FROM heads WHERE partition = $1", [.int(partition)])
    }

    private static func envelope(_ topic: Topic, _ row: any SQLRow) throws(Fault) -> Envelope {
        let place = row.integer(0)
        return Envelope(
            partition: Int(place >> positionBits), position: place & (1 << positionBits - 1),
            recordedAt: row.instant(2),
            event: try Event(topic: topic, type: row.text(1), json: row.bytes(3)))
    }
}
