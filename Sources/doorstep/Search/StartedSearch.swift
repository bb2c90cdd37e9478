import Contracts
import HTTPAPI
import Kernel
import OrdersService
import Ports
import Runtime
import SearchService
import Synchronization
import WarehouseService

/// The search service as it runs beside the others: a worker per partition, its indexer, and the index.
struct StartedSearch: Sendable {
    let access: SearchAccess
    private let threads: [WorkerThread]
    private let pools: [ReadPool]
    private let indexing: Task<Void, Never>
    private let ends: AsyncStream<Fault>

    /// Brings the service's database up to date and starts everything.
    ///
    /// - Parameters:
    ///   - recent: what the services of this process commit.
    ///   - listener: is woken when there may be events.
    ///   - written: is told of every document that was written.
    /// - Throws: `lease_held` when another process searches; what opening the database or the index throws.
    static func start(
        _ choice: SearchChoice, _ folder: DataFolder, _ system: SystemConfiguration, clock: any WallClock,
        recent: RecentEvents, listener: SearchListener, written: @escaping Indexer.Written = { _, _, _ in }
    ) async throws(Fault) -> StartedSearch {
        guard let index = try choice.index(folder, seed: UInt64(clock.now.milliseconds)) else {
            preconditionFailure("nothing searches by choice")
        }
        let wakeup = IndexerWakeup()
        let (ends, ending) = AsyncStream.makeStream(of: Fault.self)
        let workers: [SearchWorker]
        do throws(Fault) {
            workers = try await SearchWorker.startAll(folder, system, clock, recent, listener, wakeup) {
                ending.yield($0)
            }
        } catch {
            await index.close()
            throw error
        }
        guard let mailbox = workers.first?.mailbox else { preconditionFailure("a store has a partition") }
        let own = ReadPool(folder.search, name: SearchLogic.serviceName)
        let logs = Dictionary(
            uniqueKeysWithValues: Topic.allCases.map {
                ($0, ReadPool(folder.database($0), name: "search-\($0.rawValue)", threads: 1))
            })
        guard let orders = logs[.orders], let warehouse = logs[.warehouse] else {
            preconditionFailure("a pool for every topic")
        }
        let mailboxes = workers.map(\.mailbox)
        let indexer = Indexer(
            index, alias: choice.alias, reads: own, orders: DatabaseOrderDirectory(orders),
            warehouses: DatabaseWarehouseDirectory(warehouse), history: LogHistory(logs), clock: clock,
            wakeup: wakeup,
            note: { position async throws(Fault) in try await tell(mailbox, .noteWritten(position)) },
            mend: { folds, partition async throws(Fault) in
                try await tell(mailboxes[partition], .mend(folds, partition: partition))
            }, written: written)
        return StartedSearch(
            access: SearchAccess(
                search: OrderSearch(index, clock: clock), indexer: indexer, mailboxes: mailboxes, reads: own),
            threads: workers.map(\.thread), pools: [own] + logs.values, indexing: Task { await indexer.run() },
            ends: ends)
    }

    /// Waits until a worker ends by itself, as one does that has lost its lease.
    /// - Returns: why; `nil` when the caller's task was cancelled before.
    func end() async -> Fault? {
        for await fault in ends { return fault }
        return nil
    }

    private static func tell(
        _ mailbox: Mailbox<SearchCommand, SearchReply>, _ command: SearchCommand
    ) async throws(Fault) {
        switch await mailbox.answer(to: command) {
        case .accepted: return
        case .unavailable(let fault): throw fault
        default: throw Fault("search_refused", retryable: true, "\(command)")
        }
    }

    /// Stops within seconds; what is not written waits for the next start.
    func stop() async {
        indexing.cancel()
        await indexing.value
        let (threads, pools) = (threads, pools)
        await OwnThread.run {
            threads.stopAll(within: .seconds(5))
            for pool in pools { pool.stop() }
            for pool in pools { _ = pool.waitUntilStopped(atMost: .seconds(1)) }
        }
        await access.indexer.index.close()
    }
}
