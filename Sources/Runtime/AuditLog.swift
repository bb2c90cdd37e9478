import Kernel
import Ports
import Signing

/// What people and keys did beyond the daily business, in the order in which it became true: only ever added to, and
/// chained, so that a record that is altered, removed or moved is noticed.
///
/// Each database that can be administered has a log of its own, written in the transaction of the change. A record's
/// hash is SHA-256 over the hash before it and the record's own members; the last one is kept in `audit_head` as well.
/// Whoever can write the database could forge the whole chain anew: ``head(_:)`` kept elsewhere shows that too.
public enum AuditLog {
    /// The tables, for the migrations of databases that have an audit log.
    public static let tables = """
        CREATE TABLE audit_log (
            position BIGINT PRIMARY KEY,
            at BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT NOT NULL,
            before TEXT NOT NULL,
            after TEXT NOT NULL,
            hash TEXT NOT NULL
        );
        CREATE INDEX audit_log_by_time ON audit_log (at, position);
        CREATE TABLE audit_head (
            id BIGINT PRIMARY KEY CHECK (id = 1),
            position BIGINT NOT NULL,
            hash TEXT NOT NULL
        );
        """

    /// The hash before the first record.
    static let origin = String(repeating: "0", count: 64)

    /// Adds records within the transaction of what they are about.
    ///
    /// - Complexity: O(records) statements beside two of its own; none for no records.
    public static func append(
        _ records: [AuditRecord], _ database: any DatabaseConnection, now: Instant
    ) throws(Fault) {
        guard !records.isEmpty else { return }
        var (position, hash) = try lockedHead(database)
        var rows: [[SQLValue]] = []
        for record in records {
            position += 1
            hash = record.hash(at: now, position: position, after: hash)
            rows.append([
                .integer(position), .instant(now), .text(record.actor), .text(record.action), .text(record.subject),
                .text(record.reason), .text(record.before), .text(record.after), .text(hash),
            ])
        }
        try database.executeLater(
            """
            INSERT INTO audit_log (position, at, actor, action, subject, reason, before, after, hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, rows)
        try database.execute(
            "UPDATE audit_head SET position = $1, hash = $2 WHERE id = 1", [.integer(position), .text(hash)])
    }

    /// The head, of which nobody else takes hold before the transaction ends: several partitions share the log.
    private static func lockedHead(_ database: any DatabaseConnection) throws(Fault) -> (Int64, String) {
        try database.execute(
            "INSERT INTO audit_head (id, position, hash) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING", [.text(origin)]
        )
        let head = try database.first("SELECT position, hash FROM audit_head WHERE id = 1 /*postgres: FOR UPDATE */") {
            ($0.integer(0), $0.text(1))
        }
        return head ?? (0, origin)
    }

    /// The last position and its hash; position 0 while there is none.
    public static func head(_ database: any DatabaseConnection) throws(Fault) -> (position: Int64, hash: String) {
        try database.first("SELECT position, hash FROM audit_head WHERE id = 1") { ($0.integer(0), $0.text(1)) }
            ?? (0, origin)
    }

    /// Records later than a place, oldest first.
    ///
    /// - Parameters:
    ///   - after: the time and the position of the last record seen.
    ///   - limit: 1 or more.
    public static func read(
        after place: (at: Instant, position: Int64), limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [AuditEntry] {
        try database.rows(
            """
            SELECT \(columns) FROM audit_log WHERE at > $1 OR (at = $1 AND position > $2)
            ORDER BY at, position LIMIT $3
            """, [.instant(place.at), .integer(place.position), .int(limit)], entry)
    }

    /// Recomputes the whole chain.
    ///
    /// - Parameter log: whose it is, for the check's name.
    /// - Complexity: O(records); one record in memory at a time.
    public static func check(_ log: String, _ database: any DatabaseConnection) throws(Fault) -> AuditCheck {
        var offenders: [String] = []
        func offend(_ text: String) {
            if offenders.count < 10 { offenders.append(text) }
        }
        var last: (position: Int64, hash: String) = (0, origin)
        try database.query("SELECT \(columns) FROM audit_log ORDER BY position", []) { row in
            let entry = entry(row)
            if entry.position != last.position + 1 {
                offend("records \(last.position + 1) to \(entry.position - 1) are missing")
            } else if entry.record.hash(at: entry.at, position: entry.position, after: last.hash) != entry.hash {
                offend("record \(entry.position) is not what was written")
            }
            last = (entry.position, entry.hash)
        }
        let head = try head(database)
        if head.position > last.position {
            offend("records \(last.position + 1) to \(head.position) are missing")
        } else if head != last {
            offend("the head names \(head.position) with another hash than record \(last.position)")
        }
        return AuditCheck(
            name: "\(log): the audit log is as it was written", figure: last.position, offenders: offenders)
    }

    private static let columns = "position, at, actor, action, subject, reason, before, after, hash"

    private static func entry(_ row: any SQLRow) -> AuditEntry {
        AuditEntry(
            position: row.integer(0), at: row.instant(1),
            record: AuditRecord(
                actor: row.text(2), action: row.text(3), subject: row.text(4), reason: row.text(5),
                before: row.text(6), after: row.text(7)),
            hash: row.text(8))
    }
}

/// Something that somebody did. No personal data and no secrets: the log is kept for ever.
public struct AuditRecord: Sendable, Equatable {
    /// The id of an API key, or `command line`, `server start`.
    public let actor: String
    /// For example `cancel_order`.
    public let action: String
    /// The id of what it was done to.
    public let subject: String
    /// Why, as the actor said; empty when they did not.
    public let reason: String
    /// What it was and what it became, as JSON; empty when there was nothing, or it is not known yet.
    public let before: String
    public let after: String

    public init(
        actor: String, action: String, subject: String, reason: String = "", before: String = "", after: String = ""
    ) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.reason = reason
        self.before = before
        self.after = after
    }

    /// - Returns: 64 hexadecimal digits. The members are written as JSON, so that none can pass for a part of another.
    func hash(at: Instant, position: Int64, after former: String) -> String {
        var json = JSONWriter(reserving: 512)
        json.object { json in
            json.member("former", former)
            json.member("position", position)
            json.member("at", at.milliseconds)
            json.member("actor", actor)
            json.member("action", action)
            json.member("subject", subject)
            json.member("reason", reason)
            json.member("before", before)
            json.member("after", after)
        }
        return Digest.sha256Hexadecimal(json.bytes)
    }
}

/// A record in its place.
public struct AuditEntry: Sendable, Equatable {
    /// From 1, dense.
    public let position: Int64
    public let at: Instant
    public let record: AuditRecord
    /// 64 hexadecimal digits.
    public let hash: String
}

/// What the audit log shall say of a command, should it be accepted.
public struct AuditNote<Reply: Sendable>: Sendable {
    public let actor: String
    public let action: String
    public let reason: String
    /// Reads what the command will change, in its transaction. Must be quick.
    public let before: @Sendable (any DatabaseConnection) throws(Fault) -> String
    /// The id of what was changed, and what it became.
    public let outcome: @Sendable (Reply) -> (subject: String, after: String)

    public init(
        actor: String, action: String, reason: String = "",
        before: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> String = { _ in "" },
        outcome: @escaping @Sendable (Reply) -> (subject: String, after: String)
    ) {
        self.actor = actor
        self.action = action
        self.reason = reason
        self.before = before
        self.outcome = outcome
    }

    func record(_ reply: Reply, before: String) -> AuditRecord {
        let (subject, after) = outcome(reply)
        return AuditRecord(
            actor: actor, action: action, subject: subject, reason: reason, before: before, after: after)
    }
}
