import Kernel
import Ports

/// The right to write one partition of one service: an epoch that every commit proves.
struct Lease: Sendable {
    let partition: Int
    let owner: String
    let epoch: Int64

    /// Takes the lease when nobody holds it any more.
    ///
    /// - Parameter formerOwnerIsGone: proof from outside (a lock on the data folder) that no other process lives, so
    ///   that a restart after a crash does not wait for the old lease to run out.
    /// - Returns: `nil` while another owner's lease runs.
    static func acquire(
        _ database: any DatabaseConnection, partition: Int, owner: String, now: Instant, duration: Duration,
        formerOwnerIsGone: Bool
    ) throws(Fault) -> Lease? {
        try database.transaction { () throws(Fault) -> Lease? in
            try database.execute(
                "INSERT INTO leases (partition, owner, epoch, expires_at, commits) VALUES ($1, '', 0, 0, 0) "
                    + "ON CONFLICT (partition) DO NOTHING", [.int(partition)])
            try database.execute(
                "INSERT INTO heads (partition, position) VALUES ($1, 0) ON CONFLICT (partition) DO NOTHING",
                [.int(partition)])
            // A row that is locked is somebody's who works, or who was stopped at it: neither is waited for.
            let isFree = try database.first(
                "SELECT 1 FROM leases WHERE partition = $1 /*postgres: FOR UPDATE SKIP LOCKED */", [.int(partition)]
            ) { _ in true }
            guard isFree == true else { return nil }
            let taken = try database.execute(
                "UPDATE leases SET owner = $2, epoch = epoch + 1, expires_at = $3 "
                    + "WHERE partition = $1 AND (expires_at <= $4 OR owner = $2 OR $5 = 1)",
                [
                    .int(partition), .text(owner), .instant(now + duration), .instant(now), .bool(formerOwnerIsGone),
                ])
            guard taken == 1 else { return nil }
            let epoch = try database.integer("SELECT epoch FROM leases WHERE partition = $1", [.int(partition)])
            return Lease(partition: partition, owner: owner, epoch: epoch)
        }
    }

    /// Proves within the current transaction that the lease is still ours, and renews it.
    ///
    /// - Throws: `lease_lost` when another owner took over: nothing of the transaction may be committed.
    func prove(_ database: any DatabaseConnection, now: Instant, duration: Duration) throws(Fault) {
        let held = try database.execute(
            "UPDATE leases SET commits = commits + 1, expires_at = $3 WHERE partition = $1 AND epoch = $2",
            [.int(partition), .integer(epoch), .instant(now + duration)])
        guard held == 1 else {
            throw Fault("lease_lost", retryable: false, "partition \(partition), epoch \(epoch), owner \(owner)")
        }
    }

    /// How many commits proved a lease of this partition, whatever its epoch.
    func commits(_ database: any DatabaseConnection) throws(Fault) -> Int64 {
        try database.integer("SELECT commits FROM leases WHERE partition = $1", [.int(partition)])
    }

    /// Lets go, so that another may take over at once.
    func release(_ database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            "UPDATE leases SET expires_at = 0 WHERE partition = $1 AND epoch = $2", [.int(partition), .integer(epoch)])
    }
}
