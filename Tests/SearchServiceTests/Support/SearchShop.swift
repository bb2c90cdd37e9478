import Contracts
import EmbeddedIndex
import Foundation
import Kernel
import Ports
import Runtime
import SQLiteStore
import SearchService
import Synchronization
import Testing

/// The search service on a real SQLite file, with its worker on a thread, a log that a test writes, and an index.
final class SearchShop: Sendable {
    let folder: String
    let clock = SteppingClock()
    let log = WrittenLog()
    let directory = KnownOrders()
    let index: any SearchIndex
    let alias: String

    /// - Parameter index: `nil` for the embedded one.
    init(index: (any SearchIndex)? = nil, alias: String = EmbeddedIndex.alias) throws {
        folder = NSTemporaryDirectory() + "doorstep-search-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.index = try index ?? EmbeddedIndex(folder: folder + "/index")
        self.alias = alias
    }

    // What cannot be removed is the system's to clean up: a temporary folder.
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var database: SQLiteDatabase { SQLiteDatabase(path: folder + "/search.db") }

    /// Runs the service for as long as `body` takes, as one process would.
    func run<Result>(_ body: (Running) async throws -> Result) async throws -> Result {
        let running = try await Running(self)
        do {
            let result = try await body(running)
            running.stop()
            return result
        } catch {
            running.stop()
            throw error
        }
    }

    /// The service while it runs.
    final class Running: Sendable {
        let mailbox: Mailbox<SearchCommand, SearchReply>
        let indexer: Indexer
        let reads: ReadPool
        let shop: SearchShop
        private let thread: WorkerThread

        fileprivate init(_ shop: SearchShop) async throws {
            self.shop = shop
            let signal = Signal()
            let wakeup = IndexerWakeup()
            let (ready, continuation) = AsyncThrowingStream.makeStream(of: Mailbox<SearchCommand, SearchReply>.self)
            let (database, log, clock) = (shop.database, shop.log, shop.clock)
            thread = WorkerThread(
                name: "search", signal: signal,
                onReady: { (mailbox: Mailbox<SearchCommand, SearchReply>) in continuation.yield(mailbox) },
                onFault: { continuation.finish(throwing: $0) },
                make: { () throws(Fault) -> Worker<SearchLogic> in
                    try Worker(
                        SearchLogic { wakeup.raise() }, database: database, log: log.reader(), recent: RecentEvents(),
                        effects: NoEffects(), clock: clock,
                        options: WorkerOptions(owner: "test", formerOwnerIsGone: true), signal: signal)
                })
            var mailboxes = ready.makeAsyncIterator()
            let mailbox = try #require(try await mailboxes.next())
            self.mailbox = mailbox
            reads = ReadPool(database, name: "search")
            indexer = Indexer(
                shop.index, alias: shop.alias, reads: reads, orders: shop.directory, warehouses: shop.directory,
                history: LogHistory([:]), clock: clock, wakeup: wakeup,
                note: { position async throws(Fault) in
                    guard case .accepted = await mailbox.answer(to: .noteWritten(position)) else {
                        throw Fault("worker_stopping", retryable: true, "no answer")
                    }
                }, mend: { _, _ async throws(Fault) in })
            shop.log.onAdd { signal.raise() }
        }

        fileprivate func stop() {
            thread.stop(within: .seconds(5))
            reads.stop()
            // Whoever closes last tidies up the files, which a test may then take away.
            _ = reads.waitUntilStopped(atMost: .seconds(5))
        }

        /// Waits until all events are folded, then writes until nothing waits.
        func catchUp() async throws {
            _ = try await eventually("all events are read") {
                try await self.unread() == 0 ? true : nil
            }
            while try await indexer.step() > 0 {}
            if let name = try await shop.index.active() { try await shop.index.refresh(name) }
        }

        private func unread() async throws -> Int {
            let read = try await reads.read { database throws(Fault) in
                try database.integer("SELECT coalesce(sum(position), 0) FROM cursors")
            }
            return shop.log.count - Int(read)
        }

        func find(_ text: String) async throws -> [OrderID] {
            try await OrderSearch(shop.index, clock: shop.clock)
                .find(OrderSearch.Question(text, includesPeople: true)).answer.hits.map(\.orderID)
        }

        func compare() async throws -> IndexComparison.Report {
            let name = try #require(try await shop.index.active())
            return try await IndexComparison(
                name, in: shop.index, reads: reads, history: LogHistory([:]), orders: shop.directory,
                warehouses: shop.directory
            ).run()
        }
    }
}

private final class NoEffects: EffectSink {
    func submit(_ effects: [Effect]) {}
}

final class SteppingClock: WallClock {
    private let time = Mutex(Instant(milliseconds: 1_795_600_000_000))
    var now: Instant { time.withLock { $0 } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// A log that a test writes.
final class WrittenLog: Sendable {
    private struct State {
        var envelopes: [Topic: [Envelope]] = [:]
        var onAdd: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.envelopes.values.reduce(0) { $0 + $1.count } } }

    func onAdd(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.onAdd = action } }

    /// - Parameter time: of recording; `nil` for one after the other.
    func add(_ events: [Event], at time: Instant? = nil) {
        let action = state.withLock { state in
            for event in events {
                let position = Int64(state.envelopes[event.topic]?.count ?? 0) + 1
                state.envelopes[event.topic, default: []].append(
                    Envelope(
                        partition: 0, position: position,
                        recordedAt: time ?? Instant(milliseconds: 1_795_000_000_000 + position), event: event))
            }
            return state.onAdd
        }
        action?()
    }

    func reader() -> any EventLog { Reader(log: self) }

    private final class Reader: EventLog {
        private let log: WrittenLog

        init(log: WrittenLog) { self.log = log }

        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }

        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            log.state.withLock { Array(($0.envelopes[topic] ?? []).dropFirst(Int(position)).prefix(limit)) }
        }
    }
}

/// What Orders and Warehouse know, as a test says.
final class KnownOrders: OrderDirectory, WarehouseDirectory {
    private let known = Mutex<[OrderID: OrderFacts]>([:])

    func set(_ id: OrderID, _ facts: OrderFacts) { known.withLock { $0[id] = facts } }

    func facts(of orders: [OrderID]) async throws(Fault) -> [OrderID: OrderFacts] {
        known.withLock { known in
            var facts: [OrderID: OrderFacts] = [:]
            for order in orders { facts[order] = known[order] }
            return facts
        }
    }

    func codes() async throws(Fault) -> [WarehouseID: String] { [WarehouseID(rawValue: 1): "BER"] }
}

/// Asks again until there is an answer; ends the test when there is none in time.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(20), _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await ask() { return value }
        try #require(ContinuousClock.now < deadline, "\(what) within \(limit)")
        try await Task.sleep(for: .milliseconds(5))
    }
}
