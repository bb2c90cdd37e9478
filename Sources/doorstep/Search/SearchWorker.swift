import Contracts
import Kernel
import Ports
import Runtime
import SearchService

/// The search service's worker of one partition, on a thread of its own.
struct SearchWorker: Sendable {
    let thread: WorkerThread
    let mailbox: Mailbox<SearchCommand, SearchReply>

    /// - Parameter ended: is told why a worker ended by itself.
    /// - Throws: `lease_held` when another process of a shared store searches; as ``Migrator``.
    static func startAll(
        _ folder: DataFolder, _ system: SystemConfiguration, _ clock: any WallClock, _ recent: RecentEvents,
        _ listener: SearchListener,
        _ wakeup: IndexerWakeup, ended: @escaping @Sendable (Fault) -> Void
    ) async throws(Fault) -> [SearchWorker] {
        let logs: [Topic: any Database] = Dictionary(
            uniqueKeysWithValues: Topic.allCases.map { ($0, folder.database($0)) })
        try Migrator.prepare(folder.search, for: SearchLogic(), now: clock.now)
        let count = try partitionCount(folder, system)
        var workers: [SearchWorker] = []
        for partition in 0..<count {
            try begin(partition, folder, logs)
            let options = options(partition, of: count, system, clock)
            do throws(Fault) {
                workers.append(
                    try await start(options, folder, logs, clock, recent, listener.signal(partition), wakeup, ended))
            } catch {
                workers.map(\.thread).stopAll(within: .seconds(1))
                throw error
            }
        }
        return workers
    }

    /// Orders' database tells, where it is there already; a new store is divided as the operator says.
    private static func partitionCount(_ folder: DataFolder, _ system: SystemConfiguration) throws(Fault) -> Int {
        guard folder.exists(.orders) else { return system.partitions ?? folder.store.standardPartitions }
        let connection = try folder.database(.orders).connect(.read)
        defer { connection.close() }
        return try Division.stored(connection)
    }

    private static func options(
        _ partition: Int, of count: Int, _ system: SystemConfiguration, _ clock: any WallClock
    ) -> WorkerOptions {
        var options = WorkerOptions(
            partition: partition, partitionCount: count, owner: "search-\(clock.now.milliseconds)",
            formerOwnerIsGone: system.sharing == nil)
        options.toleratesUnreadableLogs = true
        options.gathering = .milliseconds(100)
        if let sharing = system.sharing {
            options.leaseDuration = sharing.leaseDuration
            options.idlePause = sharing.idlePause
        }
        return options
    }

    /// Passes over what is past its time in the logs that are there.
    private static func begin(
        _ partition: Int, _ folder: DataFolder, _ logs: [Topic: any Database]
    ) throws(Fault) {
        let there = logs.filter { folder.exists(StoreLocation.Part($0.key)) }
        let connection = try folder.search.connect(.write)
        defer { connection.close() }
        let skipped = try LogBeginning.skipRemoved(connection, logs: there, partition: partition)
        for (topic, count) in skipped.sorted(by: { $0.key < $1.key }) {
            Terminal.tell("search: \(count) events of \(topic.rawValue) are past their time and were passed over")
        }
    }

    private static func start(
        _ options: WorkerOptions, _ folder: DataFolder, _ logs: [Topic: any Database], _ clock: any WallClock,
        _ recent: RecentEvents, _ signal: Signal, _ wakeup: IndexerWakeup, _ ended: @escaping @Sendable (Fault) -> Void
    ) async throws(Fault) -> SearchWorker {
        let (ready, continuation) = AsyncStream.makeStream(of: Result<Mailbox<SearchCommand, SearchReply>, Fault>.self)
        let thread = WorkerThread(
            name: SearchLogic.serviceName, signal: signal,
            onReady: { (mailbox: Mailbox<SearchCommand, SearchReply>) in continuation.yield(.success(mailbox)) },
            onFault: { fault in
                if case .terminated = continuation.yield(.failure(fault)) { ended(fault) }
            },
            make: { () throws(Fault) -> Worker<SearchLogic> in
                try Worker(
                    SearchLogic { wakeup.raise() }, database: folder.search,
                    log: LocalEventLog(databases: logs, recent: recent),
                    recent: RecentEvents(capacity: 1), effects: NoCalls(), clock: clock, options: options,
                    signal: signal)
            })
        for await first in ready { return SearchWorker(thread: thread, mailbox: try first.get()) }
        throw Fault("worker_stopping", retryable: false, "search did not start")
    }
}

/// The search service asks nothing of the outside.
private final class NoCalls: EffectSink {
    func submit(_ effects: [Effect]) {}
}
