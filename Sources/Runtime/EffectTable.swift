import Kernel
import Ports

/// Effects as rows: decided in the commit that needs them, ended in the commit that reacts to their outcome.
public enum EffectTable {
    enum Status: Int64 {
        case pending = 0
        case done = 1
        case refused = 2
        case withdrawn = 3
    }

    static func insert(
        _ effects: [Effect], _ database: any DatabaseConnection, partition: Int, now: Instant, retention: Duration
    ) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO effects (kind, subject, sequence, entity, status, attempts, due_at, uncertain, withdrawal,
                request, result, decided_at, partition, remove_at)
            VALUES ($1, $2, $3, $4, 0, $5, $6, 0, 0, $7, NULL, $8, $9, $10)
            """,
            effects.map { effect in
                [
                    .integer(effect.key.kind.rawValue), .integer(effect.key.subject), .integer(effect.key.sequence),
                    .integer(effect.entity), .int(effect.attempts), .instant(effect.dueAt),
                    .text(String(decoding: effect.request.json, as: UTF8.self)), .instant(now), .int(partition),
                    .instant(now + retention),
                ]
            })
    }

    /// Records that effects ended.
    /// - Returns: how many did; those that had ended before, or come a second time, did not: their outcomes are
    ///   repetitions and must change nothing.
    static func end(
        _ endings: [EffectEnding], _ database: any DatabaseConnection
    ) throws(Fault) -> Int {
        try database.executeEach(
            """
            UPDATE effects SET status = $4, attempts = $5, result = $6
            WHERE kind = $1 AND subject = $2 AND sequence = $3 AND status = 0
            """,
            endings.map { ending in
                place(ending.key) + [
                    .integer(ending.status.rawValue), .int(ending.attempts), .text(ending.result),
                ]
            })
    }

    static func nextRemoval(_ database: any DatabaseConnection) throws(Fault) -> Instant? {
        try database.first(
            """
            SELECT remove_at FROM effects WHERE remove_at IS NOT NULL AND status <> 0 ORDER BY remove_at LIMIT 1
            """
        ) { $0.instant(0) }
    }

    /// Removes a bounded number of effects that have ended and are past their time.
    static func remove(
        due now: Instant, limit: Int, _ database: any DatabaseConnection, partition: Int
    ) throws(Fault) {
        let decided = try database.first(
            """
            SELECT max(decided_at) FROM
                (SELECT decided_at FROM effects WHERE remove_at <= $1 AND status <> 0 ORDER BY remove_at LIMIT $2) AS oldest
            """, [.instant(now), .int(limit)]
        ) { $0.optionalInteger(0) }
        guard let bound = decided ?? nil else { return }
        try database.execute(
            """
            DELETE FROM effects WHERE (kind, subject, sequence) IN
                (SELECT kind, subject, sequence FROM effects WHERE remove_at <= $1 AND status <> 0
                    ORDER BY remove_at LIMIT $2)
            """, [.instant(now), .int(limit)])
        try RemovalTable.note(.effects, upTo: bound, database, partition: partition)
    }

    /// Records a try that did not end it.
    /// - Returns: false when it had ended before.
    static func postpone(_ effect: Effect, because reason: String, _ database: any DatabaseConnection) throws(Fault)
        -> Bool
    {
        try database.execute(
            """
            UPDATE effects SET attempts = $4, due_at = $5, uncertain = $6, result = $7
            WHERE kind = $1 AND subject = $2 AND sequence = $3 AND status = 0
            """,
            place(effect.key) + [
                .int(effect.attempts), .instant(effect.dueAt), .bool(effect.isUncertain), .text(reason),
            ]) == 1
    }

    static func askWithdrawal(_ keys: [EffectKey], _ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            "UPDATE effects SET withdrawal = 1 WHERE kind = $1 AND subject = $2 AND sequence = $3 AND status = 0",
            keys.map(place))
    }

    static func isWithdrawalAsked(_ key: EffectKey, _ database: any DatabaseConnection) throws(Fault) -> Bool {
        try database.integer(
            "SELECT withdrawal FROM effects WHERE kind = $1 AND subject = $2 AND sequence = $3", place(key)) == 1
    }

    /// Everything of a partition that waits for an outcome. After a crash, or under another owner, each may have been
    /// called: all count as uncertain.
    static func pending(_ database: any DatabaseConnection, partition: Int) throws(Fault) -> [Effect] {
        try database.rows(
            """
            SELECT kind, subject, sequence, entity, attempts, due_at, request FROM effects
            WHERE status = 0 AND partition = $1 ORDER BY due_at, kind, subject, sequence
            """, [.int(partition)]
        ) { row throws(Fault) in
            guard let kind = EffectKind(rawValue: row.integer(0)) else {
                throw Fault("unknown_effect", retryable: false, "kind \(row.integer(0))")
            }
            return Effect(
                key: EffectKey(kind, row.integer(1), row.integer(2)), entity: row.integer(3),
                request: try EffectRequest(kind: kind, json: try StoredJSON.parse(row.bytes(6))),
                attempts: row.int(4), dueAt: row.instant(5), isUncertain: true, partition: partition)
        }
    }

    private static func place(_ key: EffectKey) -> [SQLValue] {
        [.integer(key.kind.rawValue), .integer(key.subject), .integer(key.sequence)]
    }
}

/// How an effect ended.
struct EffectEnding {
    let key: EffectKey
    let status: EffectTable.Status
    let attempts: Int
    let result: String?
}

enum StoredJSON {
    static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw Fault("malformed_document", retryable: false, "\(error.reason.rawValue) at \(error.offset)")
        }
    }
}
