import Kernel
import Ports

/// How far rows were removed, so that audits know what to miss.
public enum RemovalTable {
    /// Of what the removal is noted.
    public enum Subject: Int64, Sendable {
        /// Positions of the log up to which nothing is left.
        case events = 1
        /// Milliseconds since 1970: of the effects that were decided up to then, some or all are gone.
        case effects = 2
    }

    /// - Returns: 0 when nothing was removed.
    public static func upTo(
        _ subject: Subject, _ database: any DatabaseConnection, partition: Int = 0
    ) throws(Fault) -> Int64 {
        try database.integer(
            "SELECT up_to FROM removals WHERE subject = $1 AND partition = $2",
            [.integer(subject.rawValue), .int(partition)])
    }

    static func note(
        _ subject: Subject, upTo bound: Int64, _ database: any DatabaseConnection, partition: Int
    ) throws(Fault) {
        try database.execute(
            """
            INSERT INTO removals (subject, partition, up_to) VALUES ($1, $2, $3)
            ON CONFLICT (subject, partition) DO UPDATE SET up_to = excluded.up_to
            WHERE removals.up_to < excluded.up_to
            """, [.integer(subject.rawValue), .int(partition), .integer(bound)])
    }
}
