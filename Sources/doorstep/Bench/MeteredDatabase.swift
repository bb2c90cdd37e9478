import Foundation
import Kernel
import Ports
import Synchronization

/// What went through a service's connections.
struct StorageFigures: Sendable {
    var commits = 0
    /// Rows inserted, updated or deleted, as the database counts them.
    var rowsWritten = 0
    /// Rows of queries.
    var rowsRead = 0
    /// CPU of statements and commits on the calling threads, reading and binding values included.
    var statementCPU = Duration.zero
    var commitCPU = Duration.zero
    /// How long commits took by the clock, waiting for the disk included.
    var commitTime = Duration.zero

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.commits += right.commits
        sum.rowsWritten += right.rowsWritten
        sum.rowsRead += right.rowsRead
        sum.statementCPU += right.statementCPU
        sum.commitCPU += right.commitCPU
        sum.commitTime += right.commitTime
        return sum
    }

    static func - (left: Self, right: Self) -> Self {
        var difference = left
        difference.commits -= right.commits
        difference.rowsWritten -= right.rowsWritten
        difference.rowsRead -= right.rowsRead
        difference.statementCPU -= right.statementCPU
        difference.commitCPU -= right.commitCPU
        difference.commitTime -= right.commitTime
        return difference
    }
}

/// What one statement cost.
struct StatementFigures: Sendable {
    var runs = 0
    /// Written or read.
    var rows = 0
    var cpu = Duration.zero
}

/// Counts for all connections of one service.
final class StorageMeter: Sendable {
    fileprivate struct State: Sendable {
        var figures = StorageFigures()
        var statements: [String: StatementFigures] = [:]
    }

    /// Whether CPU is measured by statement, which itself costs some.
    let isProfiled: Bool
    private let state = Mutex(State())

    init(isProfiled: Bool) { self.isProfiled = isProfiled }

    var figures: StorageFigures { state.withLock { $0.figures } }
    /// By their text.
    var statements: [String: StatementFigures] { state.withLock { $0.statements } }

    fileprivate var now: Duration { isProfiled ? CPUTime.ofThread : .zero }

    fileprivate func wrote(_ sql: String, runs: Int, rows: Int, _ cpu: Duration) {
        state.withLock { state in
            state.figures.rowsWritten += rows
            if isProfiled { state.note(sql, runs, rows, cpu) }
        }
    }

    fileprivate func read(_ sql: String, runs: Int, rows: Int, _ cpu: Duration) {
        state.withLock { state in
            state.figures.rowsRead += rows
            if isProfiled { state.note(sql, runs, rows, cpu) }
        }
    }

    fileprivate func committed(_ cpu: Duration, in elapsed: Duration) {
        state.withLock { state in
            state.figures.commits += 1
            state.figures.commitCPU += cpu
            state.figures.commitTime += elapsed
        }
    }
}

extension StorageMeter.State {
    fileprivate mutating func note(_ sql: String, _ runs: Int, _ rows: Int, _ cpu: Duration) {
        figures.statementCPU += cpu
        statements[sql, default: StatementFigures()].runs += runs
        statements[sql, default: StatementFigures()].rows += rows
        statements[sql, default: StatementFigures()].cpu += cpu
    }
}

/// A database whose connections count what passes through them.
struct MeteredDatabase: Database {
    let base: any Database
    let meter: StorageMeter

    func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        MeteredConnection(try base.connect(access), meter)
    }
}

private final class MeteredConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private let meter: StorageMeter

    init(_ base: any DatabaseConnection, _ meter: StorageMeter) {
        self.base = base
        self.meter = meter
    }

    private func wrote(
        _ sql: String, _ runs: Int, _ body: () throws(Fault) -> Int
    ) throws(Fault) -> Int {
        let start = meter.now
        let changed = try body()
        meter.wrote(sql, runs: runs, rows: changed, meter.now - start)
        return changed
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int {
        try wrote(sql, 1) { () throws(Fault) in try base.execute(sql, parameters) }
    }

    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int {
        guard !rows.isEmpty else { return 0 }
        return try wrote(sql, rows.count) { () throws(Fault) in try base.executeEach(sql, rows) }
    }

    /// The rows count as written when they are handed over.
    func executeLater(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) {
        guard !rows.isEmpty else { return }
        _ = try wrote(sql, rows.count) { () throws(Fault) in
            try base.executeLater(sql, rows)
            return rows.count
        }
    }

    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        let start = meter.now
        var rows = 0
        try base.query(sql, parameters) { row throws(Fault) in
            rows += 1
            try body(row)
        }
        meter.read(sql, runs: 1, rows: rows, meter.now - start)
    }

    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        guard !rows.isEmpty else { return }
        let start = meter.now
        var found = 0
        try base.queryEach(sql, rows) { row throws(Fault) in
            found += 1
            try body(row)
        }
        meter.read(sql, runs: rows.count, rows: found, meter.now - start)
    }

    func executeScript(_ sql: String) throws(Fault) { try base.executeScript(sql) }

    func begin() throws(Fault) { try base.begin() }

    func beginReading() throws(Fault) { try base.beginReading() }

    func beginMigration() throws(Fault) { try base.beginMigration() }

    func hasTable(_ name: String) throws(Fault) -> Bool { try base.hasTable(name) }

    func announce(_ text: String) throws(Fault) { try base.announce(text) }

    func commit() throws(Fault) {
        let start = (meter.now, ContinuousClock.now)
        try base.commit()
        meter.committed(meter.now - start.0, in: ContinuousClock.now - start.1)
    }

    func rollback() { base.rollback() }

    func close() { base.close() }
}
