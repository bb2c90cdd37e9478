import Contracts
import Kernel
import Ports
import Runtime
import Synchronization
import TestServers
import Testing

/// A connection that is lost during a commit: what became of it is read, and nothing is done twice.
@Suite(.onEveryStore) struct UnknownCommitTests {
    let bench: Bench
    let answers = Answers()
    let loss = Loss()

    init() throws { bench = try Bench() }

    private func worker() throws -> Worker<TallyLogic> {
        try Worker(
            bench.logic, database: LosingDatabase(base: bench.database, loss: loss), log: bench.log,
            recent: RecentEvents(), effects: bench.effects, clock: bench.clock,
            options: WorkerOptions(owner: "one", formerOwnerIsGone: true))
    }

    @Test func aCommitThatTookPlaceIsAnsweredOnceItIsKnown() throws {
        let worker = try worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5)), key: "a"))
        bench.log.add(7)
        loss.next = .afterCommit
        let fault = #expect(throws: Fault.self) { try worker.step() }
        #expect(fault?.isRetryable == true)
        #expect(answers.texts == [])
        #expect(try worker.step() == 0)
        #expect(answers.texts == ["accepted 1"])
        #expect(try bench.tally(5) == 1)
        #expect(try bench.tally(7) == 1)
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5)), key: "a"))
        try worker.step()
        #expect(answers.texts == ["accepted 1", "replayed answer 1"])
    }

    @Test func aCommitThatDidNotTakePlaceIsDoneAgain() throws {
        let worker = try worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5))))
        bench.log.add(7)
        loss.next = .beforeCommit
        #expect(throws: Fault.self) { try worker.step() }
        #expect(answers.texts == [])
        #expect(try worker.step() == 1)
        #expect(answers.texts == ["unavailable database_unavailable"])
        #expect(try bench.tally(5) == 0)
        #expect(try bench.tally(7) == 1)
    }

    @Test func whoLostTheLeaseBeforeItWasKnownStops() throws {
        let worker = try worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5))))
        loss.next = .afterCommit
        #expect(throws: Fault.self) { try worker.step() }
        _ = try bench.worker(owner: "two")
        let fault = #expect(throws: Fault.self) { try worker.step() }
        #expect(fault?.code == "lease_lost")
        #expect(answers.texts == ["unavailable lease_lost"])
    }

    @Test func aWorkerThatStopsAnswersWhoeverStillWaits() throws {
        let worker = try worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5))))
        loss.next = .afterCommit
        #expect(throws: Fault.self) { try worker.step() }
        worker.close()
        #expect(answers.texts == ["unavailable worker_stopping"])
    }

    @Test func aTransactionInAnothersWayIsRunAgain() throws {
        let worker = try worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5))))
        loss.conflicts = 3
        #expect(try worker.step() == 1)
        #expect(answers.texts == ["accepted 1"])
        loss.conflicts = 100
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5))))
        let fault = #expect(throws: Fault.self) { try worker.step() }
        #expect(fault?.code == "database_conflict")
        #expect(answers.texts.last == "unavailable database_conflict")
        loss.conflicts = 0
        #expect(try bench.tally(5) == 1)
    }

    /// What shall go wrong.
    final class Loss: Sendable {
        enum Moment: Sendable { case beforeCommit, afterCommit }
        private let state = Mutex<(next: Moment?, conflicts: Int)>((nil, 0))
        var next: Moment? {
            get { state.withLock { $0.next } }
            set { state.withLock { $0.next = newValue } }
        }
        /// How many commits find another in their way.
        var conflicts: Int {
            get { state.withLock { $0.conflicts } }
            set { state.withLock { $0.conflicts = newValue } }
        }
    }

    private struct LosingDatabase: Database {
        let base: any Database
        let loss: Loss

        func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
            LosingConnection(try base.connect(access), loss)
        }
    }
}

private final class LosingConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private let loss: UnknownCommitTests.Loss

    init(_ base: any DatabaseConnection, _ loss: UnknownCommitTests.Loss) {
        self.base = base
        self.loss = loss
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int { try base.execute(sql, parameters) }
    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int { try base.executeEach(sql, rows) }
    func executeLater(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) { try base.executeLater(sql, rows) }
    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        try base.query(sql, parameters, body)
    }
    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        try base.queryEach(sql, rows, body)
    }
    func executeScript(_ sql: String) throws(Fault) { try base.executeScript(sql) }
    func begin() throws(Fault) { try base.begin() }
    func beginReading() throws(Fault) { try base.beginReading() }
    func beginMigration() throws(Fault) { try base.beginMigration() }
    func hasTable(_ name: String) throws(Fault) -> Bool { try base.hasTable(name) }
    func rollback() { base.rollback() }
    func announce(_ text: String) throws(Fault) { try base.announce(text) }
    func close() { base.close() }

    func commit() throws(Fault) {
        if loss.conflicts > 0 {
            loss.conflicts -= 1
            throw Fault("database_conflict", retryable: true, "a deadlock")
        }
        switch loss.next {
        case nil: return try base.commit()
        case .beforeCommit: base.rollback()
        case .afterCommit: try base.commit()
        }
        loss.next = nil
        throw Fault("commit_unknown", retryable: false, "the connection was lost")
    }
}
