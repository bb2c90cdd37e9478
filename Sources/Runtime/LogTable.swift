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
        _ events: [Event], _ database: any DatabaseConnection, partition: Int, now: Instant, retention: Duration
    ) throws(Fault) -> [Envelope] {
        guard !events.isEmpty else { return [] }
        try database.executeLater(
            "UPDATE heads SET position = position + $2 WHERE partition = $1", [[.int(partition), .int(events.count)]])
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
                .text(String(decoding: event.json, as: UTF8.self)), .instant(now + retention),
            ])
        }
        try database.executeLater(
            "INSERT INTO events (place, key, type, recorded_at, payload, remove_at) VALUES ($1, $2, $3, $4, $5, $6)",
            rows)
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

    static func isFirstDue(
        _ database: any DatabaseConnection, partition: Int, now: Instant
    ) throws(Fault) -> Bool {
        let first = try database.first(
            "SELECT remove_at FROM events WHERE place > $1 AND place < $2 ORDER BY place LIMIT 1",
            [.integer(place(partition, 0)), .integer(place(partition + 1, 0))]
        ) { $0.instant(0) }
        return first.map { $0 <= now } ?? false
    }

    /// The last of the first events that are all past their time.
    ///
    /// - Parameters:
    ///   - position: up to which every reader has come.
    ///   - limit: 1 or more; so many events at most are looked at.
    /// - Returns: `nil` when there is none.
    static func removable(
        _ database: any DatabaseConnection, partition: Int, readByAll position: Int64, now: Instant, limit: Int
    ) throws(Fault) -> Int64? {
        let last = try database.first(
            """
            WITH oldest AS (SELECT place, remove_at FROM events WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3)
            SELECT CASE WHEN EXISTS (SELECT 1 FROM oldest WHERE remove_at > $4)
                THEN (SELECT max(place) FROM oldest
                    WHERE place < (SELECT min(place) FROM oldest WHERE remove_at > $4))
                ELSE (SELECT max(place) FROM oldest) END
            """,
            [.integer(place(partition, 0)), .integer(place(partition, position)), .int(limit), .instant(now)]
        ) { $0.optionalInteger(0) }
        return (last ?? nil).map { $0 & (1 << positionBits - 1) }
    }

    static func remove(upTo position: Int64, _ database: any DatabaseConnection, partition: Int) throws(Fault) {
        try database.execute(
            "DELETE FROM events WHERE place > $1 AND place <= $2",
            [.integer(place(partition, 0)), .integer(place(partition, position))])
    }

    private static func envelope(_ topic: Topic, _ row: any SQLRow) throws(Fault) -> Envelope {
        let place = row.integer(0)
        return Envelope(
            partition: Int(place >> positionBits), position: place & (1 << positionBits - 1),
            recordedAt: row.instant(2),
            event: try Event(topic: topic, type: row.text(1), json: row.bytes(3)))
    }
}
