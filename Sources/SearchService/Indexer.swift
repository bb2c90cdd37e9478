import Kernel
import Ports
import Runtime
import Synchronization

/// Writes the folds that changed into the active index, and fills new ones.
///
/// It goes by one position per index and partition, which moves after the write: after a crash it writes some again,
/// which changes nothing. Whatever is wrong with the engine, it goes on trying and the folds wait; an index that was
/// lost, or has lost documents, is made anew. A new index is filled beside the one that answers and takes its place when
/// it lacks nothing.
public final class Indexer: Sendable {
    /// What a written document was made of, for whoever measures.
    public typealias Written = @Sendable (_ orderID: OrderID, _ updatedAt: Instant, _ isActive: Bool) -> Void

    private struct State {
        var positions: [IndexName: [Int: Int64]] = [:]
        var building: IndexName?
        /// Whether folds are made anew from the log for the index that is being filled.
        var isFromLog = false
        var isRebuildWanted = false
        var nextCheck = Instant(milliseconds: 0)
        var lastFault: Fault?
        var failures = 0
        var active: IndexName?
        var refusals: [IndexRefusal] = []
        var refused: Int64 = 0
    }

    public let index: any SearchIndex
    private let alias: String
    private let reads: ReadPool
    private let orders: any OrderDirectory
    private let warehouses: any WarehouseDirectory
    private let clock: any WallClock
    private let wakeup: IndexerWakeup
    private let history: LogHistory
    private let note: @Sendable (IndexPosition) async throws(Fault) -> Void
    private let mend: @Sendable ([MendedFold], _ partition: Int) async throws(Fault) -> Void
    private let written: Written
    private let state = Mutex(State())

    /// Documents per write at most; an engine may cut it into smaller requests.
    private static let batchLimit = 500
    private static let gathering = Duration.milliseconds(200)
    private static let checkInterval = Duration.seconds(60)
    private static let refusalsKept = 20

    /// - Parameters:
    ///   - alias: what the engine's indexes are called by.
    ///   - reads: of the search service's own database.
    ///   - history: what folds are made of anew.
    ///   - note: has the service store a position.
    ///   - mend: has the service store folds of a partition that were put right.
    public init(
        _ index: any SearchIndex, alias: String, reads: ReadPool, orders: any OrderDirectory,
        warehouses: any WarehouseDirectory, history: LogHistory, clock: any WallClock, wakeup: IndexerWakeup,
        note: @escaping @Sendable (IndexPosition) async throws(Fault) -> Void,
        mend: @escaping @Sendable ([MendedFold], _ partition: Int) async throws(Fault) -> Void,
        written: @escaping Written = { _, _, _ in }
    ) {
        self.index = index
        self.alias = alias
        self.reads = reads
        self.orders = orders
        self.warehouses = warehouses
        self.clock = clock
        self.wakeup = wakeup
        self.history = history
        self.note = note
        self.mend = mend
        self.written = written
    }

    /// Works until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do throws(Fault) {
                let count = try await step()
                state.withLock { state in
                    state.failures = 0
                    state.lastFault = nil
                }
                if count == 0 {
                    await wakeup.wait(atMost: .seconds(1))
                } else if count < Self.batchLimit {
                    // An order changes several times within moments: what gathers meanwhile is written once.
                    await wakeup.pause(Self.gathering)
                }
            } catch {
                let failures = state.withLock { state in
                    state.failures += 1
                    state.lastFault = error
                    // What is known of the index may be what is wrong.
                    state.active = nil
                    return state.failures
                }
                await wakeup.pause(.milliseconds(min(5000, 50 << min(failures, 7))))
            }
        }
    }

    /// Asks for a new index, filled from the log: every order is folded anew, and its stored fold put right where it
    /// says something else. Of orders whose first events are past their time the stored fold is all there is. The
    /// present index answers until the new one is ready.
    public func rebuild() {
        state.withLock { $0.isRebuildWanted = true }
        wakeup.raise()
    }

    /// Writes what waits, one batch for each index at most.
    /// - Returns: how many documents were written; 0 when no index lacks anything.
    public func step() async throws(Fault) -> Int {
        let active = try await index.active()
        state.withLock { $0.active = active }
        try await beginWhereNeeded(active)
        var count = 0
        if let active { count += try await write(to: active, isActive: true) }
        guard let building = state.withLock({ $0.building }) else { return count }
        let built = try await write(to: building, isActive: false)
        guard built == 0 else { return count + built }
        try await index.refresh(building)
        try await index.activate(building)
        state.withLock { state in
            state.building = nil
            state.isFromLog = false
            state.active = building
            state.positions = state.positions.filter { $0.key == building }
        }
        return count + 1
    }

    private func beginWhereNeeded(_ active: IndexName?) async throws(Fault) {
        guard state.withLock({ $0.building }) == nil else { return }
        let isWanted = state.withLock { state in
            defer { state.isRebuildWanted = false }
            return state.isRebuildWanted
        }
        var isNeeded = isWanted
        if let active, active.isCurrent(alias: alias) {
            // Nobody knows what an index holds that others filled, or that was filled before the folds were lost.
            let isUnknown = try await positions(of: active).isEmpty
            let hasLost = try await hasLostDocuments(active)
            isNeeded = isNeeded || isUnknown || hasLost
        } else {
            isNeeded = true
        }
        guard isNeeded else { return }
        let name = IndexName(alias: alias, stamp: clock.now.milliseconds)
        try await index.create(name)
        try await note(IndexPosition(index: name, partition: 0, position: 0))
        state.withLock { state in
            state.positions[name] = [0: 0]
            state.building = name
            state.isFromLog = isWanted
        }
    }

    /// Whether an index holds fewer documents than were written: somebody emptied it or restored an older one.
    private func hasLostDocuments(_ name: IndexName) async throws(Fault) -> Bool {
        let now = clock.now
        guard state.withLock({ $0.nextCheck <= now }) else { return false }
        let positions = try await positions(of: name)
        var expected: Int64 = 0
        for (partition, position) in positions {
            expected += try await reads.read { database throws(Fault) in
                try FoldTable.written(upTo: position, partition: partition, database)
            }
        }
        try await index.refresh(name)
        let found = try await index.count(in: name)
        let refused = state.withLock { state in
            state.nextCheck = now + Self.checkInterval
            return state.refused
        }
        return found + refused < expected
    }

    private func positions(of name: IndexName) async throws(Fault) -> [Int: Int64] {
        if let known = state.withLock({ $0.positions[name] }) { return known }
        let stored = try await reads.read { database throws(Fault) in try IndexPositions.read(name, database) }
        state.withLock { $0.positions[name] = stored }
        return stored
    }

    private func write(to name: IndexName, isActive: Bool) async throws(Fault) -> Int {
        let positions = try await positions(of: name)
        let heads = try await reads.read { database throws(Fault) in try FoldTable.heads(database) }
        var count = 0
        for (partition, head) in heads.sorted(by: { $0.key < $1.key }) where positions[partition] ?? 0 < head {
            let position = positions[partition] ?? 0
            let changed = try await changed(after: position, partition, isActive: isActive)
            let unreadable = changed.filter { $0.fold == nil }.map {
                IndexRefusal(orderID: $0.orderID, reason: "its fold cannot be read; a rebuild folds it anew")
            }
            let refusals = try await unreadable + index.write(documents(changed).map { .put($0) }, to: name)
            // A head that is past all rows was left by folds that changed again since it was read.
            let reached = IndexPosition(
                index: name, partition: partition, position: changed.last?.change ?? head)
            try await note(reached)
            state.withLock { state in
                state.positions[name, default: [:]][partition] = reached.position
                state.refused += Int64(refusals.count)
                state.refusals = (state.refusals + refusals).suffix(Self.refusalsKept)
            }
            for changed in changed {
                if let fold = changed.fold { written(changed.orderID, fold.updatedAt, isActive) }
            }
            count += changed.count
        }
        return count
    }

    /// Folds that changed, put right by the log where that is wanted.
    private func changed(
        after position: Int64, _ partition: Int, isActive: Bool
    ) async throws(Fault) -> [FoldTable.Changed] {
        let (stored, reach) = try await reads.read { database throws(Fault) in
            // The folds, and how far they have read, are of one moment.
            try database.beginReading()
            defer { database.rollback() }
            return (
                try FoldTable.changed(after: position, partition: partition, limit: Self.batchLimit, database),
                try LogHistory.Reach(database)
            )
        }
        guard !isActive, state.withLock({ $0.isFromLog }) else { return stored }
        let told = try await history.folds(of: stored.map(\.orderID), upTo: reach)
        var mended: [MendedFold] = []
        var changed = stored
        for (place, stored) in stored.enumerated() {
            guard let fold = told[stored.orderID], fold != stored.fold else { continue }
            changed[place].fold = fold
            mended.append(MendedFold(orderID: stored.orderID, change: stored.change, fold: fold))
        }
        if !mended.isEmpty { try await mend(mended, partition) }
        return changed
    }

    private func documents(_ changed: [FoldTable.Changed]) async throws(Fault) -> [SearchDocument] {
        // What Orders has not spoken of comes again when it has.
        let placed = changed.filter { $0.fold?.placedAt != nil }
        guard !placed.isEmpty else { return [] }
        let facts = try await orders.facts(of: placed.map(\.orderID))
        let codes = try await warehouses.codes()
        return placed.compactMap { changed in
            guard let fold = changed.fold, let facts = facts[changed.orderID] else { return nil }
            return OrderDescription.document(changed.orderID, fold, facts, warehouses: codes)
        }
    }

    /// How the index stands.
    public func status() async throws(Fault) -> IndexStatus {
        let state = state.withLock { $0 }
        var waiting: Int64 = 0
        if let active = state.active {
            let positions = try await positions(of: active)
            waiting = try await reads.read { database throws(Fault) in
                var waiting: Int64 = 0
                for partition in try FoldTable.heads(database).keys {
                    waiting += try FoldTable.unwritten(
                        after: positions[partition] ?? 0, partition: partition, database)
                }
                return waiting
            }
        } else {
            waiting = try await reads.read { database throws(Fault) in
                try database.integer("SELECT count(*) FROM folds")
            }
        }
        return IndexStatus(
            engine: index.engine, index: state.active?.text, building: state.building?.text, waiting: waiting,
            fault: state.lastFault, refused: state.refused, refusals: state.refusals)
    }
}

/// How an index stands.
public struct IndexStatus: Sendable, Equatable {
    public let engine: String
    /// The index that answers; `nil` while none does.
    public let index: String?
    /// The one that is being filled.
    public let building: String?
    /// Documents that are not written yet.
    public let waiting: Int64
    /// Why the last try failed; `nil` when it did not.
    public let fault: Fault?
    /// Documents that the engine will never take, since the start.
    public let refused: Int64
    /// The latest of them.
    public let refusals: [IndexRefusal]
}
