import Contracts
import Kernel
import Ports

/// The runtime's share of the invariants, for one service's database.
public enum RuntimeAudit {
    /// - Throws: as ``DatabaseConnection`` says.
    public static func audit(_ topic: Topic, _ database: any DatabaseConnection) throws(Fault) -> [AuditCheck] {
        [
            try positionsAreDense(topic, database), try effectsEndOnce(topic, database),
            try nothingIsParked(topic.rawValue, database), try AuditLog.check(topic.rawValue, database),
        ]
    }

    /// Of a service that publishes nothing.
    ///
    /// - Throws: as ``DatabaseConnection`` says.
    public static func audit(listener name: String, _ database: any DatabaseConnection) throws(Fault) -> [AuditCheck] {
        [try nothingIsParked(name, database), try AuditLog.check(name, database)]
    }

    private static func positionsAreDense(_ topic: Topic, _ database: any DatabaseConnection) throws(Fault)
        -> AuditCheck
    {
        var figure: Int64 = 0
        var offenders: [String] = []
        try database.query(
            """
            SELECT heads.partition, heads.position,
                (SELECT count(*) FROM events WHERE place > heads.partition * 281474976710656
                    AND place < (heads.partition + 1) * 281474976710656),
                (SELECT coalesce(max(place), 0) FROM events WHERE place > heads.partition * 281474976710656
                    AND place < (heads.partition + 1) * 281474976710656),
                coalesce((SELECT up_to FROM removals WHERE subject = \(RemovalTable.Subject.events.rawValue)
                    AND removals.partition = heads.partition), 0)
            FROM heads ORDER BY heads.partition
            """, []
        ) { row in
            figure += row.integer(2)
            let removed = row.integer(4)
            let last = row.integer(2) == 0 ? removed : row.integer(3) & (1 << 48 - 1)
            if row.integer(1) != removed + row.integer(2) || last != row.integer(1) {
                offenders.append(
                    "partition \(row.integer(0)): head \(row.integer(1)), \(removed) removed, "
                        + "\(row.integer(2)) events, last \(last)")
            }
        }
        return AuditCheck(
            name: "\(topic.rawValue): positions are dense up to the head", figure: figure, offenders: offenders)
    }

    private static func effectsEndOnce(_ topic: Topic, _ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        let offenders = try database.rows(
            "SELECT kind, subject, sequence FROM effects WHERE status = 1 AND result IS NULL LIMIT 10", []
        ) { "effect \($0.integer(0))/\($0.integer(1))/\($0.integer(2)) is done without a result" }
        let figure = try database.integer("SELECT count(*) FROM effects")
        return AuditCheck(
            name: "\(topic.rawValue): every effect that is done has its result", figure: figure, offenders: offenders)
    }

    private static func nothingIsParked(_ name: String, _ database: any DatabaseConnection) throws(Fault) -> AuditCheck
    {
        let offenders = try database.rows(
            """
            SELECT id, label, error FROM dead_letters WHERE discarded_because IS NULL AND error IS NOT NULL
            ORDER BY id LIMIT 10
            """, []
        ) { "dead letter \($0.integer(0)): \($0.text(1)): \($0.text(2))" }
        let figure = try database.integer("SELECT count(*) FROM dead_letters WHERE discarded_because IS NULL")
        return AuditCheck(name: "\(name): no input is parked", figure: figure, offenders: offenders)
    }
}
