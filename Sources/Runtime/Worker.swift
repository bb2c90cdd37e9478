import Contracts
import Kernel
import Ports

/// One service's loop over one partition: gather inputs, decide and save in one transaction, commit, wake others.
///
/// Synchronous and confined to one thread; only the ``mailbox`` is for other threads. ``step()`` does one batch, so a
/// simulation can drive it under a virtual clock; ``WorkerThread`` calls it for ever.
public final class Worker<Logic: ServiceLogic> {
    /// What callers ask.
    public typealias Command = Logic.Command
    /// What a command that was accepted answers.
    public typealias Reply = Logic.Reply

    public let mailbox: Mailbox<Command, Reply>
    let logic: Logic
    let options: WorkerOptions
    let clock: any WallClock
    let log: any EventLog
    let recent: RecentEvents
    let effects: any EffectSink
    let observers: [any CommitObserver]
    let database: any DatabaseConnection
    let lease: Lease
    /// Tells other threads how long this worker may act.
    public let tenure: Tenure
    private var provedAt: Instant
    /// Made under this lease's epoch and before, as the lease's row counts them.
    var commits: Int64
    var unknownCommit: UnknownCommit?
    var cursors: [Topic: Int64] = [:]
    var parked: Set<Int64> = []
    /// By topic; of those whose log could not be read.
    var unreadableUntil: [Topic: Instant] = [:]
    private var clockCheck: ClockCheck
    var lastRemoval = Instant(milliseconds: 0)
    /// Rows of the largest table, so that removing keeps up with writing.
    var writtenSinceRemoval = 0

    /// Connects, migrates, takes the lease, and hands every pending effect to the sink.
    ///
    /// - Throws: `lease_held` (retryable) while another owner's lease runs; as ``Migrator`` and ``DatabaseConnection``.
    public init(
        _ logic: Logic, database: any Database, log: any EventLog, recent: RecentEvents, effects: any EffectSink,
        observers: [any CommitObserver] = [], clock: any WallClock, options: WorkerOptions, signal: Signal = Signal(),
        tenure: Tenure = Tenure()
    ) throws(Fault) {
        self.logic = logic
        self.options = options
        self.clock = clock
        self.log = log
        self.recent = recent
        self.effects = effects
        self.observers = observers
        mailbox = Mailbox(capacity: options.mailboxCapacity, signal: signal)
        self.database = try database.connect(.write)
        try Migrator.migrateAll(self.database, for: logic, now: clock.now)
        let now = clock.now
        guard
            let lease = try Lease.acquire(
                self.database, partition: options.partition, owner: options.owner, now: now,
                duration: options.leaseDuration, formerOwnerIsGone: options.formerOwnerIsGone)
        else { throw Fault("lease_held", retryable: true, "\(logic.name) \(options.partition)") }
        self.lease = lease
        self.tenure = tenure
        provedAt = now
        tenure.extend(to: Self.end(of: options, from: now))
        commits = try lease.commits(self.database)
        clockCheck = try ClockCheck(self.database)
        try loadCursors()
        parked = try DeadLetters.keys(self.database, partition: options.partition)
        effects.submit(try EffectTable.pending(self.database, partition: options.partition))
    }

    private func loadCursors() throws(Fault) {
        for topic in logic.subscriptions {
            try database.execute(
                "INSERT INTO cursors (topic, partition, position) VALUES ($1, $2, 0) "
                    + "ON CONFLICT (topic, partition) DO NOTHING", [.text(topic.rawValue), .int(options.partition)])
            cursors[topic] = try database.integer(
                "SELECT position FROM cursors WHERE topic = $1 AND partition = $2",
                [.text(topic.rawValue), .int(options.partition)])
        }
    }

    /// Handles what is waiting, up to the limits, in one commit.
    ///
    /// - Returns: how many inputs were handled; 0 when there was nothing to do.
    /// - Throws: retryable faults (nothing changed, commands were answered `unavailable`); `lease_lost`, after which
    ///   this worker must not go on.
    @discardableResult
    public func step() throws(Fault) -> Int {
        let now = clock.now
        try resolveUnknownCommit()
        if let fault = clockCheck.observe(now) { RuntimeLog.report(fault, logic.name) }
        let content = mailbox.take(limit: options.batchLimit)
        let gathered: Gathered<Command, Reply>
        do throws(Fault) {
            gathered = try gather(content, now: now)
        } catch {
            giveBack(content, error)
            throw error
        }
        for request in content.deadLetterRequests { answer(request, now: now) }
        guard !gathered.isEmpty else {
            try removeExpired(now: now)
            try renewLease(now: now)
            return content.deadLetterRequests.count
        }
        do throws(Fault) {
            try commit(gathered, now: now)
        } catch  where error.isRetryable || error.code == "lease_lost" {
            if !isCommitUnknown { giveBack(content.submissions, content.outcomes, error) }
            throw error
        } catch {
            try commitOneByOne(gathered, now: now)
        }
        try removeExpired(now: now)
        return gathered.count + content.deadLetterRequests.count
    }

    /// Whether another process may go on where this worker ends.
    var isShared: Bool { !options.formerOwnerIsGone }

    /// When the next timer is due; `nil` when none is set.
    public func nextTimer() throws(Fault) -> Instant? {
        try TimerTable.nextDue(database, partition: options.partition)
    }

    /// Commits renew the lease; without any, this does, well before it runs out.
    private func renewLease(now: Instant) throws(Fault) {
        guard options.renewsIdleLease, now - provedAt >= options.leaseDuration / 3 else { return }
        try leased(now: now) {
        } committed: { _ in
        } undone: { _ in
        }
    }

    /// A commit proved the lease, and so renewed it.
    func proved(at now: Instant) {
        provedAt = now
        tenure.extend(to: Self.end(of: options, from: now))
    }

    /// Nobody takes a lease from a process that is known to be the only one.
    private static func end(of options: WorkerOptions, from now: Instant) -> Instant {
        options.formerOwnerIsGone ? Instant(milliseconds: .max) : now + options.leaseDuration
    }

    /// Effects as this partition's, which alone may have them called.
    func owned(_ effects: [Effect]) -> [Effect] {
        guard options.partition > 0 else { return effects }
        return effects.map { effect in
            var effect = effect
            effect.partition = options.partition
            return effect
        }
    }

    /// Gives the lease back and refuses what still waits.
    public func close() {
        mailbox.close()
        tenure.end()
        let rest = mailbox.take(limit: .max)
        let fault = Fault("worker_stopping", retryable: true, "the worker is stopping")
        giveBack(rest, fault)
        forgetUnknownCommit(fault)
        do throws(Fault) {
            try lease.release(database)
        } catch {
            // The lease runs out by itself; the database being unreachable is no reason to stay.
        }
        database.close()
    }

    private func giveBack(_ content: Mailbox<Command, Reply>.Content, _ fault: Fault) {
        for request in content.deadLetterRequests { request.completion(.failure(fault)) }
        giveBack(content.submissions, content.outcomes, fault)
    }

    /// Tells callers that nothing happened, and keeps outcomes for the next batch.
    func giveBack(
        _ submissions: [Submission<Command, Reply>], _ outcomes: [(Effect, EffectOutcome)], _ fault: Fault
    ) {
        for submission in submissions { submission.completion(.unavailable(fault)) }
        for (effect, outcome) in outcomes { mailbox.deliver(effect, outcome) }
    }
}
