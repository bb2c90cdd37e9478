import Kernel
import Ports
import Runtime
import Testing

/// What the Database port promises of transactions, on every store.
@Suite struct TransactionConformanceTests {
    private static let counters = "CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0))"

    @Test(arguments: Store.allCases)
    func aFailedTransactionLeavesNothing(store: Store) throws {
        try store.withTables(Self.counters) { connection, _ throws in
            let fault = #expect(throws: Fault.self) {
                try connection.transaction { () throws(Fault) in
                    try connection.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                    try connection.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                }
            }
            #expect(fault?.code == "constraint_violated")
            #expect(try connection.integer("SELECT count(*) FROM counters") == 0)
            _ = try connection.transaction { () throws(Fault) in
                try connection.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            }
            #expect(try connection.integer("SELECT count(*) FROM counters") == 1)
        }
    }

    @Test(arguments: Store.allCases)
    func aViolatedConstraintIsNamed(store: Store) throws {
        try store.withTables(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT CONSTRAINT never_negative CHECK (n >= 0))"
        ) { connection, _ throws in
            let fault = #expect(throws: Fault.self) { try connection.execute("INSERT INTO t (id, n) VALUES (1, -1)") }
            #expect(fault?.code == "constraint_violated" && fault?.isRetryable == false)
            #expect(fault?.debugDetail.contains("never_negative") == true)
        }
    }

    @Test(arguments: Store.allCases)
    func whatIsSentForLaterTakesPlaceOrFailsTheCommit(store: Store) throws {
        try store.withTables(Self.counters) { connection, _ throws in
            let insert = "INSERT INTO counters (id, n) VALUES ($1, $2)"
            try connection.transaction { () throws(Fault) in
                try connection.executeLater(insert, (1...300).map { [.int($0), .int($0)] })
                try connection.executeLater("UPDATE counters SET n = 0 WHERE id = $1", [[7], [8]])
            }
            #expect(try connection.integer("SELECT count(*) FROM counters WHERE n > 0") == 298)
            let fault = #expect(throws: Fault.self) {
                try connection.transaction { () throws(Fault) in
                    try connection.executeLater(insert, [[1000, 1]])
                    try connection.executeLater(insert, [[1, 1]])
                    try connection.executeLater(insert, [[1001, 1]])
                }
            }
            #expect(fault?.code == "constraint_violated")
            #expect(try connection.integer("SELECT count(*) FROM counters") == 300)
            let later = #expect(throws: Fault.self) {
                try connection.transaction { () throws(Fault) in
                    try connection.executeLater(insert, [[1, 1]])
                    _ = try connection.integer("SELECT count(*) FROM counters")
                }
            }
            #expect(later?.code == "constraint_violated")
        }
    }

    @Test(arguments: Store.allCases)
    func aReaderSeesWhatIsCommittedAndCannotWrite(store: Store) throws {
        try store.withTables(Self.counters) { connection, database throws in
            let reader = try database.connect(.read)
            defer { reader.close() }
            try connection.begin()
            try connection.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            #expect(try reader.integer("SELECT count(*) FROM counters") == 0)
            try connection.commit()
            #expect(try reader.integer("SELECT count(*) FROM counters") == 1)
            #expect(throws: Fault.self) { try reader.execute("INSERT INTO counters (id, n) VALUES (2, 1)") }
            #expect(try reader.integer("SELECT count(*) FROM counters") == 1)
        }
    }

    @Test(arguments: Store.allCases)
    func aReadingTransactionSeesOneMoment(store: Store) throws {
        try store.withTables(Self.counters) { connection, database throws in
            let reader = try database.connect(.read)
            defer { reader.close() }
            try reader.beginReading()
            #expect(try reader.integer("SELECT count(*) FROM counters") == 0)
            try connection.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            #expect(try reader.integer("SELECT count(*) FROM counters") == 0)
            reader.rollback()
            #expect(try reader.integer("SELECT count(*) FROM counters") == 1)
            #expect(try reader.hasTable("counters"))
            #expect(try !reader.hasTable("nothing"))
        }
    }

    @Test(arguments: Store.allCases)
    func aCommitOutlivesTheConnection(store: Store) throws {
        try store.withTables(Self.counters) { connection, database throws in
            _ = try connection.transaction { () throws(Fault) in
                try connection.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            }
            let other = try database.connect(.write)
            try other.begin()
            try other.execute("INSERT INTO counters (id, n) VALUES (2, 1)")
            other.close()
            #expect(try connection.rows("SELECT id FROM counters") { $0.int(0) } == [1])
            let closed = #expect(throws: Fault.self) { try other.integer("SELECT 1") }
            #expect(closed?.code == "database_unavailable")
        }
    }

    @Test(arguments: Store.allCases)
    func migrationsAreAppliedOnceHoweverManyTry(store: Store) async throws {
        let now = Instant(milliseconds: 1_764_000_000_000)
        try store.withDatabase { database throws in
            let connection = try database.connect(.write)
            defer { connection.close() }
            let first = [Migration(1, "one", "CREATE TABLE a (x BIGINT); CREATE INDEX a_by_x ON a (x);")]
            #expect(try Migrator.migrate(connection, scope: "s", first, now: now) == 1)
            #expect(try Migrator.migrate(connection, scope: "s", first, now: now) == 0)
            let edited = [Migration(1, "one", "CREATE TABLE a (y BIGINT)")]
            #expect(faultCode { try Migrator.migrate(connection, scope: "s", edited, now: now) } == "migration_edited")
            let broken =
                first + [
                    Migration(2, "two", "CREATE TABLE b (x BIGINT)"),
                    Migration(3, "three", "CREATE TABLE b (x BIGINT)"),
                ]
            #expect(throws: Fault.self) { try Migrator.migrate(connection, scope: "s", broken, now: now) }
            #expect(try !connection.hasTable("b"))
        }
    }

    /// As a process does that is stopped while it looks what is missing.
    @Test(arguments: Store.allCases)
    func whereNothingIsMissingNobodyWaitsForWhoeverMigrates(store: Store) throws {
        let now = Instant(milliseconds: 1_764_000_000_000)
        try store.withDatabase { database throws in
            let connection = try database.connect(.write)
            let stopped = try database.connect(.write)
            defer {
                connection.close()
                stopped.close()
            }
            let all = [Migration(1, "one", "CREATE TABLE a (x BIGINT)")]
            #expect(try Migrator.migrate(connection, scope: "s", all, now: now) == 1)
            try stopped.beginMigration()
            #expect(try Migrator.migrate(connection, scope: "s", all, now: now) == 0)
            stopped.rollback()
        }
    }

    @Test(arguments: Store.allCases)
    func anOlderProgramAcceptsCompatibleMigrationsOnly(store: Store) throws {
        let now = Instant(milliseconds: 1_764_000_000_000)
        try store.withDatabase { database throws in
            let connection = try database.connect(.write)
            defer { connection.close() }
            let old = [Migration(1, "one", "CREATE TABLE a (x BIGINT)")]
            let new = old + [Migration(2, "two", "ALTER TABLE a ADD COLUMN y BIGINT", isCompatible: true)]
            #expect(try Migrator.migrate(connection, scope: "s", new, now: now) == 2)
            #expect(try Migrator.migrate(connection, scope: "s", old, now: now) == 0)
            try connection.execute("INSERT INTO a (x) VALUES (1)")
            let newest = new + [Migration(3, "three", "ALTER TABLE a ADD COLUMN z BIGINT NOT NULL DEFAULT 0")]
            #expect(try Migrator.migrate(connection, scope: "s", newest, now: now) == 1)
            #expect(faultCode { try Migrator.migrate(connection, scope: "s", old, now: now) } == "migration_unknown")
            #expect(faultCode { try Migrator.migrate(connection, scope: "s", new, now: now) } == "migration_unknown")
        }
    }

    private func faultCode(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Fault)?.code
        }
    }
}
