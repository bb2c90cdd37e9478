import Kernel
import Ports

/// A connection that comes back: lost, it is made anew for the next statement outside of a transaction.
final class PostgresConnection: DatabaseConnection {
    private let database: PostgresDatabase
    private let access: DatabaseAccess
    /// `nil` while there is none.
    private var link: PostgresLink?
    private var isInTransaction = false
    private var isClosed = false
    private var reconnection = Reconnection()
    private var statements: [String: PostgresStatement] = [:]
    private var statementCount = 0

    /// Rows of parameters in one statement: arrays of some hundred kilobytes.
    private static let portionMax = 4096
    /// Statements on their way, of which nothing was read yet: their answers fit into the socket's buffers.
    private static let unsettledMax = 64
    /// Prepared statements; the system has some two hundred.
    private static let statementsMax = 1000

    init(_ database: PostgresDatabase, _ access: DatabaseAccess) {
        self.database = database
        self.access = access
    }

    /// Connects anew, whatever there was.
    func reconnect() throws(Fault) {
        link = nil
        statements.removeAll()
        link = try PostgresLink.open(database.options, setup: database.setup(access))
    }

    func close() {
        isClosed = true
        link = nil
        statements.removeAll()
    }

    /// The connection to work with.
    private func ready() throws(Fault) -> PostgresLink {
        if let link, !link.isBroken { return link }
        if isClosed { throw PostgresFault.lost("the connection is closed") }
        if isInTransaction { throw PostgresFault.lost("the connection was lost within the transaction") }
        try reconnection.attempt { () throws(Fault) in try reconnect() }
        guard let link else { preconditionFailure("connected") }
        return link
    }

    // MARK: Statements

    private func statement(_ sql: String, _ link: PostgresLink) throws(Fault) -> PostgresStatement {
        if let known = statements[sql] { return known }
        if statements.count >= Self.statementsMax, !isInTransaction {
            try link.runScript("DEALLOCATE ALL")
            statements.removeAll()
        }
        let adapted = PostgresDialect.adapt(sql)
        let (name, types) = try prepare(adapted, link)
        let batch = BatchStatement(adapted, types)
        let made = PostgresStatement(name: name, types: types, batch: batch)
        statements[sql] = made
        return made
    }

    private func prepare(_ sql: String, _ link: PostgresLink) throws(Fault) -> (String, [PostgresType]) {
        statementCount += 1
        let name = "s\(statementCount)"
        try link.sendPrepare(name, sql)
        return (name, try link.settle().last.parameterTypes)
    }

    private func batchName(_ statement: PostgresStatement, _ batch: BatchStatement, _ link: PostgresLink) throws(Fault)
        -> String
    {
        if let known = statement.batchName { return known }
        let made = try prepare(batch.sql, link).0
        statement.batchName = made
        return made
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int {
        let link = try ready()
        let statement = try statement(sql, link)
        let encoded = try PostgresParameters(parameters, statement.types)
        if link.unsettledCount > 0 { _ = try link.settle() }
        try link.send(statement.name, encoded, sql)
        return try link.settle().last.changes
    }

    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int {
        guard !rows.isEmpty else { return 0 }
        let link = try ready()
        if link.unsettledCount > 0 { _ = try link.settle() }
        return try send(sql, rows, link) + (link.unsettledCount > 0 ? try link.settle().changes : 0)
    }

    func executeLater(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) {
        guard !rows.isEmpty else { return }
        let link = try ready()
        _ = try send(sql, rows, link)
        if !isInTransaction { _ = try link.settle() }
    }

    /// Sends a statement for all rows.
    /// - Returns: the changes of those that had to be read on the way.
    private func send(_ sql: String, _ rows: [[SQLValue]], _ link: PostgresLink) throws(Fault) -> Int {
        let statement = try statement(sql, link)
        var changes = 0
        func bounded() throws(Fault) {
            if link.unsettledCount >= Self.unsettledMax { changes += try link.settle().changes }
        }
        if rows.count > 1, let batch = statement.batch {
            let name = try batchName(statement, batch, link)
            for portion in batch.portions(rows, max: Self.portionMax) {
                try link.send(name, try PostgresParameters(rows: portion, statement.types), sql)
                if isInTransaction { try link.endGroup() }
                try bounded()
            }
        } else {
            for row in rows {
                try link.send(statement.name, try PostgresParameters(row, statement.types), sql)
                try bounded()
            }
            if isInTransaction { try link.endGroup() }
        }
        return changes
    }

    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        let link = try ready()
        let statement = try statement(sql, link)
        try link.send(statement.name, try PostgresParameters(parameters, statement.types), sql)
        let result = try link.settle().last
        for number in 0..<result.count { try body(result.row(number)) }
    }

    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        guard !rows.isEmpty else { return }
        let link = try ready()
        let statement = try statement(sql, link)
        guard rows.count > 1, let batch = statement.batch else {
            for row in rows { try query(sql, row, body) }
            return
        }
        let name = try batchName(statement, batch, link)
        for portion in batch.portions(rows, max: Self.portionMax) {
            try link.send(name, try PostgresParameters(rows: portion, statement.types), sql)
            let result = try link.settle().last
            for number in PostgresGrouping.order(result, rows: portion.count) {
                try body(result.row(number, skipping: 1))
            }
        }
    }

    func executeScript(_ sql: String) throws(Fault) { try ready().runScript(PostgresDialect.adaptScript(sql)) }

    // MARK: Transactions

    func begin() throws(Fault) { try begin("BEGIN") }

    func beginReading() throws(Fault) { try begin("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") }

    private func begin(_ sql: String) throws(Fault) {
        precondition(!isInTransaction, "a transaction within a transaction")
        let link = try ready()
        if link.unsettledCount > 0 { _ = try link.settle() }
        // Sent with the statement that follows.
        try link.send(sql)
        isInTransaction = true
    }

    func beginMigration() throws(Fault) {
        precondition(!isInTransaction, "a transaction within a transaction")
        let link = try ready()
        isInTransaction = true
        do throws(Fault) {
            try link.runScript(
                """
                BEGIN;
                SET LOCAL lock_timeout TO 0;
                SET LOCAL statement_timeout TO 0;
                SET LOCAL idle_in_transaction_session_timeout TO '30s';
                SELECT pg_advisory_xact_lock(hashtextextended('doorstep migrations of \(database.schema)', 0));
                CREATE SCHEMA IF NOT EXISTS "\(database.schema)";
                """)
        } catch {
            rollback()
            throw error
        }
    }

    func commit() throws(Fault) {
        precondition(isInTransaction, "a commit without a transaction")
        let link = try ready()
        do throws(Fault) {
            try link.send("COMMIT")
            let command = try link.settle().last.command
            isInTransaction = false
            // What a server answers to the COMMIT of a transaction that failed before.
            guard command == "COMMIT" else {
                throw Fault("database_error", retryable: false, "COMMIT of a failed transaction: \(command)")
            }
        } catch  where link.isBroken && error.code == "database_unavailable" {
            throw Fault("commit_unknown", retryable: false, error.debugDetail)
        }
    }

    func rollback() {
        guard isInTransaction else { return }
        isInTransaction = false
        guard let link, !link.isBroken else { return }
        do throws(Fault) {
            // What was sent before may have failed: that is what is being rolled back.
            if link.unsettledCount > 0 { _ = try? link.settle() }
            try link.send("ROLLBACK")
            _ = try link.settle()
        } catch {
            // Without the connection there is no transaction either.
            self.link = nil
        }
    }

    func hasTable(_ name: String) throws(Fault) -> Bool {
        try integer("SELECT count(*) WHERE to_regclass($1) IS NOT NULL", [.text(name)]) == 1
    }

    func announce(_ text: String) throws(Fault) {
        try executeLater("SELECT pg_notify($1, $2)", [[.text(PostgresListener.channel(database.schema)), .text(text)]])
    }
}

/// A prepared statement for one row of parameters, and the same for many.
final class PostgresStatement {
    let name: String
    let types: [PostgresType]
    let batch: BatchStatement?
    /// Set when it is prepared.
    var batchName: String?

    init(name: String, types: [PostgresType], batch: BatchStatement?) {
        self.name = name
        self.types = types
        self.batch = batch
    }
}

/// Rows of a query for many rows of parameters, put into the order of the parameters.
enum PostgresGrouping {
    /// - Parameter rows: how many there were.
    /// - Returns: numbers of the result's rows. Rows of the same parameters stay in the order in which they came.
    static func order(_ result: PostgresResult, rows: Int) -> [Int32] {
        let owners = (0..<result.count).map { Int(result.row($0).integer(0)) }
        // Mostly they come in order: the server goes through the parameters one after the other.
        if zip(owners, owners.dropFirst()).allSatisfy({ $0 <= $1 }) { return Array(0..<result.count) }
        var groups = [[Int32]](repeating: [], count: rows)
        for (number, owner) in owners.enumerated() { groups[owner - 1].append(Int32(number)) }
        return groups.flatMap { $0 }
    }
}
