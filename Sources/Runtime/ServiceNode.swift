import Contracts
import Foundation
import Kernel
import Ports
import Synchronization

/// One service's share of the work in one process: a worker for each partition that the process owns.
///
/// Where several processes share a service, a thread claims what is free, gives back what is too much, and says that this
/// process lives. A worker that loses its lease ends, and its partition is another process's.
public final class ServiceNode<Logic: ServiceLogic>: Sendable {
    /// How partitions come to this process.
    public enum Claim: Sendable, Equatable {
        /// All of them at the start: no other process can have any.
        case exclusive
        /// As many as is fair among the processes that live.
        case fairShare
        /// Whatever is free, giving nothing back.
        case everything
    }

    /// What a service's node is told by its process.
    public struct Options: Sendable {
        /// Unique per start of a process.
        public var owner: String
        /// Where the process's API is reached by the others.
        public var address: String
        public var partitionCount: Int
        public var claim: Claim
        public var leaseDuration: Duration
        /// How often it looks for partitions, a fraction of the lease.
        public var claimInterval: Duration

        public init(
            owner: String, address: String = "", partitionCount: Int = 1, claim: Claim = .exclusive,
            leaseDuration: Duration = .seconds(5), claimInterval: Duration = .milliseconds(500)
        ) {
            self.owner = owner
            self.address = address
            self.partitionCount = partitionCount
            self.claim = claim
            self.leaseDuration = leaseDuration
            self.claimInterval = claimInterval
        }
    }

    /// Makes the worker of a partition, on the thread that will run it.
    public typealias Make = @Sendable (Partition, Signal, Tenure) throws(Fault) -> Worker<Logic>

    /// What a partition's coming and going means to the rest of the process.
    public struct Hooks: Sendable {
        /// Before a worker starts: whoever calls outside for it asks the tenure first; whoever has work for it raises the
        /// signal.
        public var willStart: @Sendable (_ partition: Int, Signal, Tenure) -> Void
        /// After a worker ended, or did not start.
        public var hasEnded: @Sendable (_ partition: Int) -> Void
        /// A worker that ended by itself, for another reason than a lost lease.
        public var onFault: @Sendable (Fault) -> Void

        public init(
            willStart: @escaping @Sendable (_ partition: Int, Signal, Tenure) -> Void = { _, _, _ in },
            hasEnded: @escaping @Sendable (_ partition: Int) -> Void = { _ in },
            onFault: @escaping @Sendable (Fault) -> Void = { _ in }
        ) {
            self.willStart = willStart
            self.hasEnded = hasEnded
            self.onFault = onFault
        }
    }

    public let mailbox: ServiceMailbox<Logic.Command, Logic.Reply>
    let options: Options
    private let name: String
    private let database: any Database
    private let clock: any WallClock
    private let hooks: Hooks
    private let make: Make
    private let workers = Mutex<[Int: WorkerThread]>([:])
    private let isStopping = Atomic(false)
    private let wake = Signal()
    private let claimsEnded = Signal()

    /// - Parameters:
    ///   - topic: the service's, which also names its threads.
    ///   - database: the service's.
    public init(
        topic: Topic, database: any Database, clock: any WallClock, options: Options, hooks: Hooks = Hooks(),
        make: @escaping Make
    ) {
        name = topic.rawValue
        self.database = database
        self.clock = clock
        self.options = options
        self.hooks = hooks
        self.make = make
        mailbox = ServiceMailbox(
            topic: topic, partitionCount: options.partitionCount, routing: Logic.routing)
    }

    /// The partitions whose workers run here.
    public var held: Set<Int> { workers.withLock { Set($0.keys) } }

    /// Starts the workers of an exclusive process, or begins to claim. Blocks until the first look is over.
    ///
    /// - Throws: what building a worker throws, for an exclusive process; what opening the database throws.
    public func start() throws(Fault) {
        guard options.claim != .exclusive else {
            for partition in 0..<options.partitionCount {
                if let fault = startWorker(partition) {
                    stopWorkers(within: .seconds(5))
                    throw fault
                }
            }
            return
        }
        let first = Signal()
        let thread = Thread { [self] in
            Thread.current.name = "\(name)-claims"
            defer { claimsEnded.raise() }
            claimUntilStopped { first.raise() }
        }
        thread.start()
        first.wait(atMost: .seconds(30))
    }

    /// Ends the workers after what already waits, gives their leases back and says that this process is leaving.
    public func stop(within deadline: Duration) {
        isStopping.store(true, ordering: .releasing)
        wake.raise()
        if options.claim != .exclusive { claimsEnded.wait(atMost: deadline) }
        stopWorkers(within: deadline)
        guard options.claim != .exclusive else { return }
        do throws(Fault) {
            let connection = try database.connect(.write)
            defer { connection.close() }
            try NodeTable.leave(options.owner, connection, now: clock.now)
        } catch {
            // It is forgotten when its time is over.
            RuntimeLog.report(error, "\(name): leaving")
        }
    }

    // MARK: Claiming

    private func claimUntilStopped(afterFirst: () -> Void) {
        var connection: (any DatabaseConnection)?
        var notBefore: [Int: Instant] = [:]
        while !isStopping.load(ordering: .acquiring) {
            do throws(Fault) {
                let open: any DatabaseConnection
                if let connection { open = connection } else { open = try database.connect(.write) }
                connection = open
                try claim(open, &notBefore)
            } catch {
                RuntimeLog.report(error, "\(name): claiming")
                connection?.close()
                connection = nil
            }
            afterFirst()
            wake.wait(atMost: options.claimInterval)
        }
        connection?.close()
    }

    /// One look at who has what, and what follows from it.
    private func claim(_ connection: any DatabaseConnection, _ notBefore: inout [Int: Instant]) throws(Fault) {
        let now = clock.now
        try NodeTable.announce(
            options.owner, address: options.address, until: now + options.leaseDuration, connection)
        let share = FairShare(
            of: options.owner, among: try NodeTable.living(connection, now: now).map(\.owner),
            try NodeTable.ownerships(connection), held: held, now: now, wantsAll: options.claim == .everything)
        for partition in share.returns { stopWorker(partition) }
        for partition in share.claims where (notBefore[partition] ?? now) <= now {
            guard !isStopping.load(ordering: .acquiring), let fault = startWorker(partition) else { continue }
            // Another was quicker, or the partition cannot be worked on: neither is better at once.
            notBefore[partition] = clock.now + (fault.code == "lease_held" ? .zero : .seconds(5))
            if fault.code != "lease_held" { hooks.onFault(fault) }
        }
    }

    // MARK: Workers

    /// - Returns: why it did not start; `nil` when it runs.
    private func startWorker(_ partition: Int) -> Fault? {
        let start = WorkerStart()
        let signal = Signal()
        let tenure = Tenure()
        mailbox.expect(partition)
        hooks.willStart(partition, signal, tenure)
        let place = Partition(partition, of: options.partitionCount)
        let thread = WorkerThread(
            name: options.partitionCount == 1 ? name : "\(name)-\(partition)", signal: signal,
            onReady: { [mailbox] (own: Mailbox<Logic.Command, Logic.Reply>) in
                mailbox.open(partition, own)
                start.succeed()
            },
            onFault: { [hooks] fault in
                let didStart = !start.fail(fault)
                if didStart, fault.code != "lease_lost" { hooks.onFault(fault) }
            },
            onEnd: { [self] in
                // The thread may end before it is noted.
                start.wait()
                mailbox.close(partition)
                hooks.hasEnded(partition)
                workers.withLock { $0[partition] = nil }
            },
            make: { [make] () throws(Fault) -> Worker<Logic> in try make(place, signal, tenure) })
        workers.withLock { $0[partition] = thread }
        start.note()
        return start.result()
    }

    private func stopWorker(_ partition: Int) {
        // What comes from now on is the next owner's.
        mailbox.close(partition)
        workers.withLock { $0[partition] }?.stop(within: .seconds(10))
    }

    private func stopWorkers(within deadline: Duration) {
        let threads = workers.withLock { Array($0.values) }
        threads.stopAll(within: deadline)
    }
}

/// How a worker's start went, between the thread that wants it and the worker's own.
private final class WorkerStart: Sendable {
    private let outcome = Mutex<Result<Void, Fault>?>(nil)
    private let isSettled = DispatchSemaphore(value: 0)
    private let isNoted = DispatchSemaphore(value: 0)

    func succeed() {
        outcome.withLock { $0 = $0 ?? .success(()) }
        isSettled.signal()
    }

    /// - Returns: false when it had started before.
    func fail(_ fault: Fault) -> Bool {
        let isFirst = outcome.withLock { outcome in
            guard outcome == nil else { return false }
            outcome = .failure(fault)
            return true
        }
        if isFirst { isSettled.signal() }
        return isFirst
    }

    /// The thread is known to whoever started it.
    func note() { isNoted.signal() }

    /// Blocks until ``note()``.
    func wait() { isNoted.wait() }

    /// Blocks until the worker runs or has failed.
    func result() -> Fault? {
        isSettled.wait()
        guard case .failure(let fault) = outcome.withLock({ $0 }) else { return nil }
        return fault
    }
}
