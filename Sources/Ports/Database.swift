import Kernel

/// A relational database of one service.
///
/// SQL is written once, portable between SQLite and PostgreSQL, with `$1`, `$2`, … as parameters.
public protocol Database: Sendable {
    /// Opens a connection, which belongs to the calling thread's work: never two threads at a time.
    ///
    /// - Throws: `database_unavailable` (retryable) or `database_damaged`.
    func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection
}

/// What a connection may do.
public enum DatabaseAccess: Sendable {
    /// Reads only; sees the latest commit at the start of each query.
    case read
    /// Reads and writes; one at a time per database where the store knows a single writer.
    case write
}

/// A connection: blocking, synchronous, not for sharing between threads.
///
/// All methods throw `database_busy` (retryable), `database_full` (retryable), `database_read_only`,
/// `database_damaged`, `constraint_violated` (with the constraint's text) or `database_error`; a store on a server also
/// `database_unavailable` (retryable) while it cannot be reached, after which the connection is made anew for the next
/// statement outside of a transaction, and `database_conflict` (retryable) for a transaction that stood in another's
/// way and can be run again.
public protocol DatabaseConnection: AnyObject {
    /// Runs one statement.
    /// - Returns: how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(Fault) -> Int

    /// Runs one statement once per row of parameters, as one batch.
    /// - Returns: how many rows changed altogether.
    @discardableResult
    func executeEach(_ sql: String, _ rows: [[SQLValue]]) throws(Fault) -> Int

    /// Runs a query and hands each row to `body`; the row is valid only during the call.
    func query(_ sql: String, _ parameters: [SQLValue], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault)

    /// Runs a query once per row of parameters, as one batch; rows arrive grouped in the order of the parameters.
    func queryEach(_ sql: String, _ rows: [[SQLValue]], _ body: (any SQLRow) throws(Fault) -> Void) throws(Fault)

    /// As ``executeEach(_:_:)`` for whoever does not ask how many rows changed: within a transaction a store may go on
    /// before the statement has taken place, and its fault then comes from a later call, the commit at the latest.
    func executeLater(_ sql: String, _ rows: [[SQLValue]]) throws(Fault)

    /// Runs several statements without parameters, as a migration holds them.
    func executeScript(_ sql: String) throws(Fault)

    func begin() throws(Fault)
    /// Begins a transaction that only reads, and all of it as of one moment; ``rollback()`` ends it.
    func beginReading() throws(Fault)
    /// Begins a transaction that changes tables: only one at a time per database, over all processes, and the others
    /// wait. Makes the place for the tables where it is missing.
    func beginMigration() throws(Fault)
    /// After it returns, the transaction survives the loss of power.
    ///
    /// - Throws: `commit_unknown` (not retryable) when the connection was lost meanwhile: whether the transaction took
    ///   place has to be read before anything is done again.
    func commit() throws(Fault)
    /// Whether the database has a table of that name.
    func hasTable(_ name: String) throws(Fault) -> Bool
    /// Never throws: a rollback that fails leaves a connection that the next `begin` reports.
    func rollback()
    /// With the current transaction's commit, tells those who listen at the database (``CommitAnnouncing``), in every
    /// process; nobody where the store knows one process only.
    func announce(_ text: String) throws(Fault)
    func close()
}

extension DatabaseConnection {
    /// Runs one statement without parameters.
    /// - Returns: how many rows it changed.
    @discardableResult
    public func execute(_ sql: String) throws(Fault) -> Int { try execute(sql, []) }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    public func transaction<Result>(_ body: () throws(Fault) -> Result) throws(Fault) -> Result {
        try begin()
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    /// All rows of a query, mapped.
    public func rows<Element>(
        _ sql: String, _ parameters: [SQLValue] = [], _ map: (any SQLRow) throws(Fault) -> Element
    ) throws(Fault) -> [Element] {
        var elements: [Element] = []
        try query(sql, parameters) { row throws(Fault) in elements.append(try map(row)) }
        return elements
    }

    /// The first row of a query, mapped; `nil` when there is none.
    public func first<Element>(
        _ sql: String, _ parameters: [SQLValue] = [], _ map: (any SQLRow) throws(Fault) -> Element
    ) throws(Fault) -> Element? {
        var element: Element?
        try query(sql, parameters) { row throws(Fault) in if element == nil { element = try map(row) } }
        return element
    }

    /// The integer in the first column of the only row, for counts and sums; 0 for NULL and for no row.
    public func integer(_ sql: String, _ parameters: [SQLValue] = []) throws(Fault) -> Int64 {
        try first(sql, parameters) { $0.optionalInteger(0) ?? 0 } ?? 0
    }
}

/// A row of a result; columns count from 0. Reading a column as a type that it does not hold converts as SQLite does.
public protocol SQLRow {
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) -> Int64
    func real(_ column: Int) -> Double
    func text(_ column: Int) -> String
    func bytes(_ column: Int) -> [UInt8]
}

/// Columns as the types that rows are made of: instants are stored in milliseconds, ids as their raw value, and what is
/// optional is NULL.
extension SQLRow {
    public func int(_ column: Int) -> Int { Int(integer(column)) }
    public func bool(_ column: Int) -> Bool { integer(column) != 0 }
    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    public func instant(_ column: Int) -> Instant { Instant(milliseconds: integer(column)) }
    public func optionalInstant(_ column: Int) -> Instant? { isNull(column) ? nil : instant(column) }
    public func id<Kind>(_ column: Int, _: Kind.Type = Kind.self) -> EntityID<Kind> {
        EntityID(rawValue: integer(column))
    }
    public func optionalID<Kind>(_ column: Int, _: Kind.Type = Kind.self) -> EntityID<Kind>? {
        isNull(column) ? nil : id(column)
    }
}

/// A parameter of a statement.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// The types that rows are made of: instants are stored in milliseconds, ids as their raw value, and `nil` as NULL.
extension SQLValue {
    public static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    public static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
    public static func instant(_ value: Instant) -> SQLValue { .integer(value.milliseconds) }
    public static func instant(_ value: Instant?) -> SQLValue { value.map { .instant($0) } ?? .null }
    public static func id<Kind>(_ value: EntityID<Kind>) -> SQLValue { .integer(value.rawValue) }
    public static func id<Kind>(_ value: EntityID<Kind>?) -> SQLValue { value.map { .integer($0.rawValue) } ?? .null }
    public static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    public static func int(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}
