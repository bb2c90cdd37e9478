import Contracts
import Kernel
import Ports

/// A database whose commits may be the last thing that the process does.
struct CrashingDatabase: Database {
    let topic: Topic
    let base: any Database
    let crashes: CrashSwitch

    func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        CrashingConnection(topic, try base.connect(access), crashes)
    }
}

private final class CrashingConnection: DatabaseConnection {
    private let topic: Topic
    private let base: any DatabaseConnection
    private let crashes: CrashSwitch

    init(_ topic: Topic, _ base: any DatabaseConnection, _ crashes: CrashSwitch) {
        self.topic = topic
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
    func executeLater(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) { try base.executeLater(sql, rows) }
    func executeScript(_ sql: String) throws(Fault) { try base.executeScript(sql) }
    func begin() throws(Fault) { try base.begin() }
    func beginReading() throws(Fault) { try base.beginReading() }
    func beginMigration() throws(Fault) { try base.beginMigration() }
    func hasTable(_ name: String) throws(Fault) -> Bool { try base.hasTable(name) }
    func announce(_ text: String) throws(Fault) { try base.announce(text) }
    func rollback() { base.rollback() }
    func close() { base.close() }

    func commit() throws(Fault) {
        switch crashes.nextCommit(of: topic) {
        case nil, .afterTelling: try base.commit()
        case .before: throw Fault(CrashSwitch.code, retryable: true, "before the commit")
        case .after:
            try base.commit()
            throw Fault(CrashSwitch.code, retryable: true, "after the commit")
        }
    }
}
