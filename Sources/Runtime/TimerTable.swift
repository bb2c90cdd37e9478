import Kernel
import Ports

/// Timers as rows, read by due time.
enum TimerTable {
    static func due(
        _ database: any DatabaseConnection, partition: Int, now: Instant, limit: Int
    ) throws(Fault) -> [TimerKey] {
        try database.rows(
            """
            SELECT kind, subject FROM timers WHERE partition = $1 AND due_at <= $2
            ORDER BY due_at, kind, subject LIMIT $3
            """, [.int(partition), .instant(now), .int(limit)]
        ) { TimerKey(kind: $0.integer(0), subject: $0.integer(1)) }
    }

    static func nextDue(_ database: any DatabaseConnection, partition: Int) throws(Fault) -> Instant? {
        try database.first("SELECT min(due_at) FROM timers WHERE partition = $1", [.int(partition)]) {
            $0.optionalInstant(0)
        } ?? nil
    }

    static func remove(_ keys: [TimerKey], _ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            "DELETE FROM timers WHERE kind = $1 AND subject = $2",
            keys.map { [.integer($0.kind), .integer($0.subject)] })
    }

    /// Applies the last change of each key.
    static func apply<Reply>(
        _ changes: [Outbox<Reply>.TimerChange], _ database: any DatabaseConnection, partition: Int
    ) throws(Fault) {
        guard !changes.isEmpty else { return }
        var last: [TimerKey: Instant?] = [:]
        var order: [TimerKey] = []
        for change in changes {
            let (key, dueAt): (TimerKey, Instant?) =
                switch change {
                case .set(let key, let dueAt): (key, dueAt)
                case .cancel(let key): (key, nil)
                }
            if last.updateValue(dueAt, forKey: key) == nil { order.append(key) }
        }
        var set: [[SQLValue]] = []
        var cancelled: [TimerKey] = []
        for key in order {
            if let dueAt = last[key] ?? nil {
                set.append([.integer(key.kind), .integer(key.subject), .instant(dueAt), .int(partition)])
            } else {
                cancelled.append(key)
            }
        }
        try database.executeLater(
            "INSERT INTO timers (kind, subject, due_at, partition) VALUES ($1, $2, $3, $4) "
                + "ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at", set)
        try remove(cancelled, database)
    }
}
