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

/// Counts for all connections of one service.
final class StorageMeter: Sendable {
    private let state = Mutex(StorageFigures())

    var figures: StorageFigures { state.withLock { $0 } }

    func add(_ change: (inout StorageFigures) -> Void) { state.withLock { change(&$0) } }
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

    private func measured(_ body: () throws(Fault) -> Int) throws(Fault) -> Int {
        let start = CPUTime.ofThread
        let changed = try body()
        let cpu = CPUTime.ofThread - start
        meter.add { figures in
            figures.statementCPU += cpu
            figures.rowsWritten += changed
        }
        return changed
    }

    private func measuredQuery(
        _ query: (_ count: () -> Void) throws(Fault) -> Void
    ) throws(Fault) {
        let start = CPUTime.ofThread
        var rows = 0
        try query { rows += 1 }
        let cpu = CPUTime.ofThread - start
        meter.add { [rows] figures in
            figures.statementCPU += cpu
            figures.rowsRead += rows
        }
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int {
        try measured { () throws(Fault) in try base.execute(sql, parameters) }
    }

    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int {
        try measured { () throws(Fault) in try base.executeEach(sql, rows) }
    }

    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        try measuredQuery { count throws(Fault) in
            try base.query(sql, parameters) { row throws(Fault) in
                count()
                try body(row)
            }
        }
    }

    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        try measuredQuery { count throws(Fault) in
            try base.queryEach(sql, rows) { row throws(Fault) in
                count()
                try body(row)
            }
        }
    }

    func executeScript(_ sql: String) throws(Fault) { try base.executeScript(sql) }

    func begin() throws(Fault) { try base.begin() }

    func commit() throws(Fault) {
        let start = (CPUTime.ofThread, ContinuousClock.now)
        try base.commit()
        let cpu = CPUTime.ofThread - start.0
        let elapsed = ContinuousClock.now - start.1
        meter.add { figures in
            figures.commits += 1
            figures.commitCPU += cpu
            figures.commitTime += elapsed
        }
    }

    func rollback() { base.rollback() }

    func close() { base.close() }
}
