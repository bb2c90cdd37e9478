import Foundation
import Kernel
import Ports
import Runtime
import Synchronization
import TestServers
import Testing

@testable import PostgresStore

/// What only a store on a server can do, and what only it can suffer.
@Suite(.serialized) struct PostgresConnectionTests {
    let server: PostgresServer
    let database: PostgresDatabase

    init() throws {
        server = try PostgresServer.shared()
        database = PostgresDatabase(url: server.url, schema: server.schema("connection"))
        let connection = try database.connect(.write)
        defer { connection.close() }
        try connection.beginMigration()
        try connection.executeScript("CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)")
        try connection.executeScript("INSERT INTO counters (id, n) SELECT id, 0 FROM generate_series(1, 2000) AS id")
        try connection.commit()
    }

    private static let increment = "UPDATE counters SET n = n + 1 WHERE id = $1"

    @Test func writersAreDurableAndRefuseAServerThatIsNot() throws {
        let connection = try database.connect(.write)
        defer { connection.close() }
        for (setting, value) in [
            ("synchronous_commit", "on"), ("fsync", "on"), ("plan_cache_mode", "force_generic_plan"),
        ] {
            #expect(try connection.first("SELECT current_setting($1)", [.text(setting)]) { $0.text(0) } == value)
        }
    }

    @Test func batchesFindTheirRowsByKeyHoweverTheyWerePlanned() throws {
        let connection = try database.connect(.write)
        defer { connection.close() }
        let names = try #require(
            BatchStatement("UPDATE counters SET n = n + 1 WHERE id = $1 AND n >= $2", [.int8, .int8]))
        let plans = try connection.rows(
            "EXPLAIN " + names.sql.replacing("$1", with: "'{1,2}'").replacing("$2", with: "'{0,0}'")
        ) {
            $0.text(0)
        }
        #expect(plans.contains { $0.contains("Index Scan") }, "\(plans)")
        #expect(!plans.contains { $0.contains("Seq Scan") || $0.contains("Hash") }, "\(plans)")
    }

    @Test func aDeadlockEndsOneOfTheTwoAndBothGetThroughOnTheNextTry() throws {
        let both = DispatchGroup()
        let meeting = Meeting(2)
        let conflicts = Mutex(0)
        for order in [[1, 2], [2, 1]] {
            let database = database
            DispatchQueue.global().async(group: both) {
                guard let connection = try? database.connect(.write) else { return }
                var isFirst = true
                while true {
                    do throws(Fault) {
                        try connection.transaction { () throws(Fault) in
                            try connection.execute(Self.increment, [.int(order[0])])
                            if isFirst { meeting.wait() }
                            isFirst = false
                            try connection.execute(Self.increment, [.int(order[1])])
                        }
                        break
                    } catch {
                        guard error.code == "database_conflict" else { break }
                        conflicts.withLock { $0 += 1 }
                    }
                }
                connection.close()
            }
        }
        both.wait()
        let reader = try database.connect(.read)
        defer { reader.close() }
        #expect(try reader.rows("SELECT n FROM counters WHERE id < 3 ORDER BY id") { $0.int(0) } == [2, 2])
        #expect(conflicts.withLock { $0 } == 1)
    }

    @Test func aSerializationFailureCanBeRunAgain() throws {
        let one = try database.connect(.write)
        let two = try database.connect(.write)
        defer {
            one.close()
            two.close()
        }
        try one.begin()
        try one.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _ = try one.integer("SELECT n FROM counters WHERE id = 5")
        try two.execute(Self.increment, [5])
        let fault = #expect(throws: Fault.self) { try one.execute(Self.increment, [5]) }
        #expect(fault?.code == "database_conflict" && fault?.isRetryable == true)
        one.rollback()
        #expect(try one.execute(Self.increment, [5]) == 1)
    }

    @Test func aSessionThatEndsIsMadeAnewOutsideOfATransaction() throws {
        let connection = try database.connect(.write)
        defer { connection.close() }
        try connection.begin()
        try connection.execute(Self.increment, [9])
        try end(connection)
        let fault = #expect(throws: Fault.self) { try connection.execute(Self.increment, [9]) }
        #expect(fault?.code == "database_unavailable" && fault?.isRetryable == true)
        let within = #expect(throws: Fault.self) { try connection.integer("SELECT 1") }
        #expect(within?.code == "database_unavailable")
        connection.rollback()
        #expect(try connection.integer("SELECT n FROM counters WHERE id = 9") == 0)
        #expect(try connection.execute(Self.increment, [9]) == 1)
    }

    /// As a process does that is stopped, or cut off, between a statement whose answer it has not asked for and the next.
    @Test(arguments: [1, 3, 5000]) func aWriterThatStandsStillLosesItsRows(rows: Int) throws {
        let hasty = PostgresDatabase(url: server.url, schema: database.schema, standstillMax: .seconds(1))
        let stopped = try hasty.connect(.write)
        let other = try database.connect(.write)
        defer {
            stopped.close()
            other.close()
        }
        try stopped.begin()
        try stopped.executeLater(Self.increment, (0..<rows).map { [.int(13 + $0)] })
        // The server has taken the rows, which it does in its own time.
        let deadline = ContinuousClock.now + .seconds(10)
        let isFree = "SELECT id FROM counters WHERE id = 13 FOR UPDATE SKIP LOCKED"
        while try other.first(isFree, [], { $0.int(0) }) != nil, ContinuousClock.now < deadline {}
        // Waits for a lock for 10 s.
        #expect(try other.execute(Self.increment, [13]) == 1)
        let fault = #expect(throws: Fault.self) { try stopped.commit() }
        #expect(fault?.code == "commit_unknown")
        stopped.rollback()
        #expect(try stopped.integer("SELECT n FROM counters WHERE id = 13") % 2 == 1)
        try other.execute(Self.increment, [13])
    }

    @Test func aSessionThatEndsDuringACommitLeavesItUnknown() throws {
        let connection = try database.connect(.write)
        defer { connection.close() }
        // A commit that takes a while: what it has deferred, it does now.
        try connection.executeScript(
            """
            CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER lingers AFTER UPDATE ON counters DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.id = 11) EXECUTE FUNCTION linger();
            """)
        try connection.begin()
        try connection.execute(Self.increment, [11])
        let session = try connection.integer("SELECT pg_backend_pid()")
        let url = server.url
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) {
            let other = try? PostgresDatabase(url: url, schema: "other").connect(.read)
            _ = try? other?.integer("SELECT count(*) WHERE pg_terminate_backend($1::int)", [.integer(session)])
            other?.close()
        }
        let fault = #expect(throws: Fault.self) { try connection.commit() }
        #expect(fault?.code == "commit_unknown" && fault?.isRetryable == false)
        connection.rollback()
        #expect(try connection.integer("SELECT n FROM counters WHERE id = 11") == 0)
    }

    @Test func aServerThatIsGoneIsAskedSeldomAndFoundAgain() throws {
        let own = try PostgresServer()
        defer { own.remove() }
        let connection = try PostgresDatabase(url: own.url, schema: "s").connect(.write)
        defer { connection.close() }
        own.killHard()
        for _ in 0..<100 {
            let fault = #expect(throws: Fault.self) { try connection.integer("SELECT 1") }
            #expect(fault?.code == "database_unavailable")
        }
        try own.start()
        let deadline = ContinuousClock.now + .seconds(20)
        var found: Int64 = 0
        while found == 0, ContinuousClock.now < deadline { found = (try? connection.integer("SELECT 1")) ?? 0 }
        #expect(found == 1)
    }

    @Test func waitsBetweenTriesDoubleUpToTwoSeconds() {
        var reconnection = Reconnection()
        let start = ContinuousClock.now
        var tries: [Duration] = []
        for step in 0..<1000 {
            let now = start + .milliseconds(10 * step)
            _ = try? reconnection.attempt(now: now) { () throws(Fault) in
                tries.append(now - start)
                throw Fault("database_unavailable", retryable: true, "")
            }
        }
        let waits = zip(tries, tries.dropFirst()).map { ($1 - $0).inMilliseconds }
        #expect(waits == [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000])
    }

    @Test func announcementsReachWhoListensWithTheCommit() throws {
        let heard = Mutex<[String?]>([])
        let signal = Signal()
        let listener = database.listen { text in
            heard.withLock { $0.append(text) }
            signal.raise()
        }
        defer { listener.stop() }
        // The connection is up.
        signal.wait(atMost: .seconds(10))
        #expect(heard.withLock { $0 } == [nil])
        let connection = try database.connect(.write)
        defer { connection.close() }
        try connection.begin()
        try connection.announce("rolled back")
        connection.rollback()
        try connection.transaction { () throws(Fault) in
            try connection.announce("3")
        }
        signal.wait(atMost: .seconds(10))
        #expect(heard.withLock { $0 } == [nil, "3"])
    }

    @Test func aPoolThatIsFullRefusesAtOnce() async throws {
        let pool = ReadPool(database, name: "test", threads: 1, capacity: 1)
        defer { pool.stop(threads: 1) }
        let results = await withTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(Fault) {
                        return try await pool.read { connection throws(Fault) in
                            try connection.first("SELECT pg_sleep(0.3)") { _ in "read" } ?? ""
                        }
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.contains("read"))
        #expect(results.contains("database_busy"))
        #expect(try await pool.read { connection throws(Fault) in try connection.integer("SELECT 1") } == 1)
    }

    /// Ends the session of a connection from outside.
    private func end(_ connection: any DatabaseConnection) throws {
        let session = try connection.integer("SELECT pg_backend_pid()")
        let other = try database.connect(.read)
        defer { other.close() }
        _ = try other.integer("SELECT count(*) WHERE pg_terminate_backend($1::int)", [.integer(session)])
    }

    /// Threads that wait for each other.
    private final class Meeting: Sendable {
        private let left: Mutex<Int>
        private let all = DispatchSemaphore(value: 0)
        private let count: Int

        init(_ count: Int) {
            self.count = count
            left = Mutex(count)
        }

        func wait() {
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { for _ in 0..<count { all.signal() } }
            all.wait()
        }
    }
}
