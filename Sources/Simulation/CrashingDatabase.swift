import Kernel
import Ports
import Synchronization

/// Where the power fails: shared by the databases of all services.
final class CrashSwitch: Sendable {
    enum Moment { case before, after }

    private struct State {
        var random: SeededGenerator
        var isArmed = false
        var commits = 0
        var crashes = 0
    }

    static let code = "simulated_crash"

    private let plan: SimulationPlan.Crashes
    private let state: Mutex<State>

    init(_ plan: SimulationPlan.Crashes, seed: UInt64) {
        self.plan = plan
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    var commits: Int { state.withLock { $0.commits } }
    var crashes: Int { state.withLock { $0.crashes } }

    /// Only commits of steps are counted and can fail, not those of building a worker.
    func arm(_ isArmed: Bool) { state.withLock { $0.isArmed = isArmed } }

    func nextCommit() -> Moment? {
        state.withLock { state in
            guard state.isArmed else { return nil }
            state.commits += 1
            let moment: Moment?
            switch plan {
            case .never: moment = nil
            case .atCommits(let probability):
                let isHit = state.random.chance(probability)
                let isBefore = state.random.chance(0.5)
                moment = isHit ? (isBefore ? .before : .after) : nil
            case .afterEveryCommit: moment = .after
            case .afterCommit(let number): moment = state.commits == number ? .after : nil
            case .beforeCommit(let number): moment = state.commits == number ? .before : nil
            }
            if moment != nil { state.crashes += 1 }
            return moment
        }
    }
}

/// A database whose commits may be the last thing that the process does.
struct CrashingDatabase: Database {
    let base: any Database
    let crashes: CrashSwitch

    func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        CrashingConnection(try base.connect(access), crashes)
    }
}

private final class CrashingConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private let crashes: CrashSwitch

    init(_ base: any DatabaseConnection, _ crashes: CrashSwitch) {
        self.base = base
        self.crashes = crashes
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int { try base.execute(sql, parameters) }
    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int { try base.executeEach(sql, rows) }
    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        try base.query(sql, parameters, body)
    }
    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        try base.queryEach(sql, rows, body)
    }
    func executeScript(_ sql: String) throws(Fault) { try base.executeScript(sql) }
    func begin() throws(Fault) { try base.begin() }
    func rollback() { base.rollback() }
    func close() { base.close() }

    func commit() throws(Fault) {
        switch crashes.nextCommit() {
        case nil: try base.commit()
        case .before: throw Fault(CrashSwitch.code, retryable: true, "before the commit")
        case .after:
            try base.commit()
            throw Fault(CrashSwitch.code, retryable: true, "after the commit")
        }
    }
}
