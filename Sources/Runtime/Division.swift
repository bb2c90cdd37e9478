import Kernel
import Ports

/// Into how many partitions a service's database is divided: settled when it is made, and for ever, since every
/// identifier in it belongs to one.
public enum Division {
    /// What the database is divided into; decides it for one that is new.
    ///
    /// - Parameters:
    ///   - database: with the runtime's tables.
    ///   - asked: what the operator wants; `nil` takes what there is, or `standard` for a new one.
    ///   - standard: within ``Partition/counts``.
    /// - Throws: `partitions_differ` when another number is asked for than there is; as ``DatabaseConnection``.
    public static func settle(
        _ database: any Database, asked: Int?, standard: Int
    ) throws(Fault) -> Int {
        let connection = try database.connect(.write)
        defer { connection.close() }
        let count = try connection.transaction { () throws(Fault) -> Int in
            // A database that was used before there were partitions has one.
            let isUsed = try connection.integer("SELECT count(*) FROM heads") > 0
            try connection.execute(
                "INSERT INTO division (id, partitions) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
                [.int(isUsed ? 1 : asked ?? standard)])
            return try stored(connection)
        }
        guard asked == nil || asked == count else {
            throw Fault(
                "partitions_differ", retryable: false,
                "The database is divided into \(count) partitions, for ever; \(asked ?? count) cannot be had.")
        }
        return count
    }

    /// - Returns: `nil` for a database that no process has divided yet, or has made the tables of.
    /// - Throws: as ``DatabaseConnection``.
    public static func settled(_ connection: any DatabaseConnection) throws(Fault) -> Int? {
        guard try connection.hasTable("division") else { return nil }
        return try connection.first("SELECT partitions FROM division WHERE id = 1") { $0.int(0) }
    }

    /// - Returns: 1 for a database that nobody divided.
    /// - Throws: as ``DatabaseConnection``.
    public static func stored(_ connection: any DatabaseConnection) throws(Fault) -> Int {
        try connection.first("SELECT partitions FROM division WHERE id = 1") { $0.int(0) } ?? 1
    }
}
