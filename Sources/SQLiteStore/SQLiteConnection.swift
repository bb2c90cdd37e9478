import CSQLite
import Glibc
import Kernel
import Ports

/// One connection with its prepared statements.
final class SQLiteConnection: DatabaseConnection {
    private(set) var handle: OpaquePointer?
    private var statements: [String: SQLiteStatement] = [:]
    /// Of a connection that writes.
    private var log: SQLiteLog?

    init(handle: OpaquePointer) { self.handle = handle }

    deinit { close() }

    func configure(_ access: DatabaseAccess) throws(Fault) {
        sqlite3_busy_timeout(handle, 5000)
        if access == .write {
            try executeScript("PRAGMA journal_mode = WAL")
            try executeScript("PRAGMA synchronous = FULL")
        } else {
            try executeScript("PRAGMA query_only = ON")
        }
        // Kilobytes. There is one writer, and many readers, for which the system's own cache of the file is near enough.
        try executeScript("PRAGMA cache_size = \(access == .write ? -16_000 : -2_000)")
        try executeScript("PRAGMA temp_store = MEMORY")
        try executeScript("PRAGMA foreign_keys = ON")
        if access == .write, try integer("PRAGMA synchronous") != 2 {
            throw Fault("database_error", retryable: false, "synchronous=FULL was not accepted")
        }
        if access == .write, let handle, let path = sqlite3_db_filename(handle, "main").map({ String(cString: $0) }) {
            log = SQLiteLog(handle, path: path, pageBytes: try integer("PRAGMA page_size"))
        }
    }

    func close() {
        statements.removeAll()
        log?.close()
        log = nil
        if let handle { SQLiteClosing.close(handle) }
        handle = nil
    }

    private func fault(_ code: Int32, _ doing: String) -> Fault { SQLiteFault.make(code, handle, doing) }

    /// A prepared statement that is not being stepped through right now.
    private func statement(_ sql: String) throws(Fault) -> SQLiteStatement {
        if let known = statements[sql] {
            if !known.isBusy { return known }
            return try prepare(sql)
        }
        let made = try prepare(sql)
        statements[sql] = made
        return made
    }

    private func prepare(_ sql: String) throws(Fault) -> SQLiteStatement {
        guard handle != nil else { throw Fault("database_unavailable", retryable: true, "the connection is closed") }
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw fault(code, sql) }
        return SQLiteStatement(pointer: pointer)
    }

    private func run(_ statement: SQLiteStatement, _ sql: String) throws(Fault) {
        var code = sqlite3_step(statement.pointer)
        while code == SQLITE_ROW { code = sqlite3_step(statement.pointer) }
        guard code == SQLITE_DONE else {
            let fault = fault(code, sql)
            sqlite3_reset(statement.pointer)
            throw fault
        }
        sqlite3_reset(statement.pointer)
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int {
        let statement = try statement(sql)
        statement.bind(parameters)
        try run(statement, sql)
        return Int(sqlite3_changes(handle))
    }

    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int {
        guard !rows.isEmpty else { return 0 }
        let statement = try statement(sql)
        var changes = 0
        for row in rows {
            statement.bind(row)
            try run(statement, sql)
            changes += Int(sqlite3_changes(handle))
        }
        return changes
    }

    func executeLater(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) { _ = try executeEach(sql, rows) }

    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        let statement = try statement(sql)
        try query(statement, sql, parameters, body)
    }

    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault) {
        guard !rows.isEmpty else { return }
        let statement = try statement(sql)
        for row in rows { try query(statement, sql, row, body) }
    }

    private func query(
        _ statement: SQLiteStatement, _ sql: String, _ parameters: [SQLValue],
        _ body: (any SQLRow) throws(Fault) -> Void
    ) throws(Fault) {
        statement.bind(parameters)
        statement.isBusy = true
        defer {
            sqlite3_reset(statement.pointer)
            statement.isBusy = false
        }
        let row = SQLiteRow(pointer: statement.pointer)
        while true {
            let code = sqlite3_step(statement.pointer)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw fault(code, sql) }
            try body(row)
        }
    }

    func executeScript(_ sql: String) throws(Fault) {
        let code = sqlite3_exec(handle, SQLiteDialect.adapt(sql), nil, nil, nil)
        guard code == SQLITE_OK else { throw fault(code, sql) }
    }

    func begin() throws(Fault) {
        try execute("BEGIN IMMEDIATE")
        log?.makeRoom()
    }

    /// A transaction sees the moment of its first read.
    func beginReading() throws(Fault) { try execute("BEGIN") }

    func beginMigration() throws(Fault) { try begin() }

    func hasTable(_ name: String) throws(Fault) -> Bool {
        try integer("SELECT count(*) FROM sqlite_schema WHERE name = $1", [.text(name)]) == 1
    }

    func commit() throws(Fault) { try execute("COMMIT") }

    func announce(_ text: String) {}

    func rollback() {
        guard handle != nil, sqlite3_get_autocommit(handle) == 0 else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }
}

/// A prepared statement with the places of its numbered parameters.
final class SQLiteStatement {
    let pointer: OpaquePointer
    var isBusy = false
    /// SQLite numbers `$n` by first appearance: at index n - 1 stands where `$n` is bound.
    private let places: [Int32]

    init(pointer: OpaquePointer) {
        self.pointer = pointer
        var places: [Int32] = []
        for index in stride(from: Int32(1), through: sqlite3_bind_parameter_count(pointer), by: 1) {
            guard let name = sqlite3_bind_parameter_name(pointer, index),
                let number = Int(String(cString: name).dropFirst())
            else { preconditionFailure("parameters are $1, $2, …") }
            while places.count < number { places.append(0) }
            places[number - 1] = index
        }
        self.places = places
    }

    deinit { sqlite3_finalize(pointer) }

    func bind(_ parameters: [SQLValue]) {
        precondition(parameters.count >= places.count, "\(parameters.count) of \(places.count) parameters")
        for number in 0..<places.count where places[number] > 0 { bind(parameters[number], at: places[number]) }
    }

    private func bind(_ value: SQLValue, at place: Int32) {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: sqlite3_bind_null(pointer, place)
        case .integer(let integer): sqlite3_bind_int64(pointer, place, integer)
        case .real(let real): sqlite3_bind_double(pointer, place, real)
        case .text(var text):
            _ = text.withUTF8 { utf8 in
                let bytes = UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
                return sqlite3_bind_text64(
                    pointer, place, bytes ?? SQLiteStatement.empty, UInt64(utf8.count), transient, UInt8(SQLITE_UTF8))
            }
        case .blob(let bytes):
            if bytes.isEmpty {
                sqlite3_bind_zeroblob(pointer, place, 0)
            } else {
                _ = bytes.withUnsafeBytes { raw in
                    sqlite3_bind_blob64(pointer, place, raw.baseAddress, UInt64(raw.count), transient)
                }
            }
        }
    }

    nonisolated(unsafe) private static let empty = UnsafePointer(strdup(""))
}

struct SQLiteRow: SQLRow {
    let pointer: OpaquePointer

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL }
    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(column)) }
    func real(_ column: Int) -> Double { sqlite3_column_double(pointer, Int32(column)) }

    func text(_ column: Int) -> String {
        guard let bytes = sqlite3_column_text(pointer, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(pointer, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}

/// Turns a portable script into SQLite's words.
enum SQLiteDialect {
    static func adapt(_ sql: String) -> String {
        guard sql.contains("BIGINT PRIMARY KEY") || sql.contains("/*sqlite:") else { return sql }
        var adapted = ""
        var rest = sql.replacing("BIGINT PRIMARY KEY", with: "INTEGER PRIMARY KEY")[...]
        while let start = rest.firstRange(of: "/*sqlite:") {
            adapted += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "*/") else { preconditionFailure("a comment that never ends: \(sql)") }
            adapted += rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
        }
        return adapted + rest
    }
}
