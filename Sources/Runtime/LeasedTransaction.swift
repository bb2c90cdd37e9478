import Kernel
import Ports

/// Every transaction of a worker: it proves the lease, is run again after a conflict, and when the connection is lost
/// during its commit, what became of it is read before anything else is done.
extension Worker {
    /// How often a transaction is run again that stood in another's way: serialization failures and deadlocks.
    private static var conflictsMax: Int { 5 }

    /// Whether a transaction is worth another try at once. A constraint may have been broken by what another transaction
    /// committed after this one had looked; seeing it, the same inputs are decided otherwise.
    private static func isInTheWay(_ fault: Fault, _ conflicts: Int) -> Bool {
        switch fault.code {
        case "database_conflict": conflicts < conflictsMax
        case "constraint_violated": conflicts < 1
        default: false
        }
    }

    /// - Parameters:
    ///   - body: may be called several times, each time after a rollback of what it did before.
    ///   - committed: called when the transaction is durable, before this returns or at a later ``step()``.
    ///   - undone: called at a later ``step()`` when it turns out that a transaction did not take place of which this
    ///     could not say so.
    /// - Throws: what `body` and the database throw; nothing took place then, unless ``isCommitUnknown``.
    func leased<Result>(
        now: Instant, _ body: () throws(Fault) -> Result, committed: @escaping (Result) -> Void,
        undone: @escaping (Fault) -> Void
    ) throws(Fault) {
        var conflicts = 0
        while true {
            var result: Result?
            do throws(Fault) {
                try database.transaction { () throws(Fault) in
                    try lease.prove(database, now: now, duration: options.leaseDuration)
                    result = try body()
                }
            } catch  where Self.isInTheWay(error, conflicts) {
                conflicts += 1
                continue
            } catch  where error.code == "commit_unknown" {
                guard let made = result else { preconditionFailure("a commit without its body") }
                unknownCommit = UnknownCommit(committed: { committed(made) }, undone: undone)
                throw Fault("database_unavailable", retryable: true, "commit unknown: \(error.debugDetail)")
            }
            guard let made = result else { preconditionFailure("a commit without its body") }
            commits += 1
            proved(at: now)
            committed(made)
            return
        }
    }

    var isCommitUnknown: Bool { unknownCommit != nil }

    /// Reads what became of a commit of which it was not known.
    ///
    /// The count of commits under our epoch tells: only a transaction that proved the lease adds to it. The row is read
    /// under a lock, which waits for a server's session that may still be committing after its client was cut off.
    ///
    /// - Throws: `lease_lost` when another owner took over before it was known; retryable faults while it cannot be read.
    func resolveUnknownCommit() throws(Fault) {
        guard let unknown = unknownCommit else { return }
        let stored = try database.first(
            "SELECT epoch, commits FROM leases WHERE partition = $1 /*postgres: FOR UPDATE */",
            [.int(options.partition)]
        ) { (epoch: $0.integer(0), commits: $0.integer(1)) }
        unknownCommit = nil
        guard let stored, stored.epoch == lease.epoch else {
            let fault = Fault(
                "lease_lost", retryable: false, "partition \(options.partition), before a commit was known")
            unknown.undone(fault)
            throw fault
        }
        if stored.commits == commits + 1 {
            commits += 1
            unknown.committed()
        } else {
            unknown.undone(Fault("database_unavailable", retryable: true, "the connection was lost before the commit"))
        }
    }

    /// Answers whoever waits for a commit that will not be known any more.
    func forgetUnknownCommit(_ fault: Fault) {
        unknownCommit?.undone(fault)
        unknownCommit = nil
    }
}

/// A commit during which the connection was lost.
struct UnknownCommit {
    let committed: () -> Void
    let undone: (Fault) -> Void
}
