import Kernel
import Ports

/// The processes that work for a service, where each is reached, and which partitions it owns. The clocks of their
/// machines must agree within a fraction of the lease.
public enum NodeTable {
    /// A process that runs a service.
    public struct Node: Sendable, Equatable {
        /// Unique per start.
        public let owner: String
        /// The address of its API; empty for one that has none.
        public let address: String
        public let expiresAt: Instant
    }

    /// A partition and who has it.
    public struct Ownership: Sendable, Equatable {
        public let partition: Int
        /// Who had it last; empty when nobody ever had.
        public let owner: String
        public let epoch: Int64
        /// A lease that was given back ends at once.
        public let expiresAt: Instant

        public init(partition: Int, owner: String, epoch: Int64, expiresAt: Instant) {
            self.partition = partition
            self.owner = owner
            self.epoch = epoch
            self.expiresAt = expiresAt
        }
    }

    /// Says that a process is alive, until the given time.
    public static func announce(
        _ owner: String, address: String, until expiresAt: Instant, _ database: any DatabaseConnection
    ) throws(Fault) {
        try database.execute(
            """
            INSERT INTO nodes (owner, address, expires_at) VALUES ($1, $2, $3)
            ON CONFLICT (owner) DO UPDATE SET address = excluded.address, expires_at = excluded.expires_at
            """, [.text(owner), .text(address), .instant(expiresAt)])
    }

    /// Says that a process is leaving, and forgets those that are long gone.
    public static func leave(_ owner: String, _ database: any DatabaseConnection, now: Instant) throws(Fault) {
        try database.execute(
            "DELETE FROM nodes WHERE owner = $1 OR expires_at < $2", [.text(owner), .instant(now - .seconds(3600))])
    }

    /// Those that are alive, by owner.
    public static func living(_ database: any DatabaseConnection, now: Instant) throws(Fault) -> [Node] {
        try database.rows(
            "SELECT owner, address, expires_at FROM nodes WHERE expires_at > $1 ORDER BY owner", [.instant(now)]
        ) { Node(owner: $0.text(0), address: $0.text(1), expiresAt: $0.instant(2)) }
    }

    /// Every partition in order, also those that nobody has had yet.
    public static func ownerships(_ database: any DatabaseConnection) throws(Fault) -> [Ownership] {
        var known: [Int: Ownership] = [:]
        try database.query("SELECT partition, owner, epoch, expires_at FROM leases", []) { row in
            known[row.int(0)] = Ownership(
                partition: row.int(0), owner: row.text(1), epoch: row.integer(2), expiresAt: row.instant(3))
        }
        return (0..<(try Division.stored(database))).map { partition in
            known[partition]
                ?? Ownership(partition: partition, owner: "", epoch: 0, expiresAt: Instant(milliseconds: 0))
        }
    }

    /// Where the owner of a partition is reached; of any partition when none is named.
    ///
    /// - Returns: `nil` while nobody owns it, or the owner has no address.
    public static func address(
        of partition: Int?, _ database: any DatabaseConnection, now: Instant, besides ownAddress: String
    ) throws(Fault) -> String? {
        try database.first(
            """
            SELECT nodes.address FROM leases JOIN nodes ON nodes.owner = leases.owner
            WHERE ($1 < 0 OR leases.partition = $1) AND leases.expires_at > $2 AND nodes.expires_at > $2
                AND nodes.address <> '' AND nodes.address <> $3
            ORDER BY leases.partition LIMIT 1
            """, [.int(partition ?? -1), .instant(now), .text(ownAddress)]
        ) { $0.text(0) }
    }
}
