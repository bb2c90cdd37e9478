import Foundation
import Kernel
import Ports
import SQLiteStore
import Testing

@testable import Runtime

@Suite struct SQLiteStoreTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    @Test func parametersAreBoundByTheirNumber() throws {
        let connection = try bench.database.connect(.write)
        let row = try connection.first("SELECT $2, $1, $2", [.text("one"), .int(2)]) {
            ($0.int(0), $0.text(1), $0.int(2))
        }
        #expect(row.map { $0 == (2, "one", 2) } == true)
    }

    @Test func valuesComeBackAsTheyWere() throws {
        let connection = try bench.database.connect(.write)
        try connection.executeScript("CREATE TABLE t (a BIGINT, b TEXT, c BYTEA, d DOUBLE PRECISION)")
        try connection.executeEach(
            "INSERT INTO t (a, b, c, d) VALUES ($1, $2, $3, $4)",
            [[.integer(.min), .text(""), .blob([]), .real(0.1)], [.null, .text("ü\u{0}\""), .blob([0, 255]), .null]])
        let rows = try connection.rows("SELECT a, b, c, d FROM t ORDER BY rowid") {
            "\($0.optionalInteger(0) as Int64?) \($0.text(1).debugDescription) \($0.bytes(2)) \($0.isNull(3))"
        }
        #expect(rows[0] == "Optional(-9223372036854775808) \"\" [] false")
        #expect(rows[1] == "nil \("ü\u{0}\"".debugDescription) [0, 255] true")
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        let connection = try bench.database.connect(.write)
        try connection.executeScript("CREATE TABLE t (a BIGINT PRIMARY KEY)")
        #expect(throws: Fault.self) {
            _ = try connection.transaction { () throws(Fault) in
                try connection.execute("INSERT INTO t (a) VALUES (1)")
                try connection.execute("INSERT INTO t (a) VALUES (1)")
            }
        }
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
    }

    @Test func aReaderCannotWrite() throws {
        try bench.database.connect(.write).executeScript("CREATE TABLE t (a BIGINT)")
        let reader = try bench.database.connect(.read)
        #expect(throws: Fault.self) { try reader.execute("INSERT INTO t (a) VALUES (1)") }
    }

    @Test func durabilityIsFull() throws {
        #expect(try bench.database.connect(.write).integer("PRAGMA synchronous") == 2)
        #expect(try bench.database.connect(.write).first("PRAGMA journal_mode") { $0.text(0) } == "wal")
    }

    @Test func anEditedMigrationIsRefused() throws {
        let connection = try bench.database.connect(.write)
        let now = bench.clock.now
        let first = [Migration(1, "one", "CREATE TABLE a (x BIGINT)")]
        #expect(try Migrator.migrate(connection, scope: "s", first, now: now) == 1)
        #expect(try Migrator.migrate(connection, scope: "s", first, now: now) == 0)
        let edited = [Migration(1, "one", "CREATE TABLE a (y BIGINT)")]
        let fault = #expect(throws: Fault.self) { try Migrator.migrate(connection, scope: "s", edited, now: now) }
        #expect(fault?.code == "migration_edited")
        let older = #expect(throws: Fault.self) { try Migrator.migrate(connection, scope: "s", [], now: now) }
        #expect(older?.code == "migration_unknown")
    }

    @Test func aDamagedFileIsSaidToBeDamaged() throws {
        try Data(repeating: 65, count: 8192).write(to: bench.folder.appending(path: "test.db"))
        let fault = #expect(throws: Fault.self) { try bench.database.connect(.write) }
        #expect(fault?.code == "database_damaged")
    }

    private func logBytes() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: bench.path + "-wal")
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    private func write(_ count: Int, _ connection: any DatabaseConnection) throws {
        for _ in 0..<count {
            _ = try connection.transaction { () throws(Fault) in
                try connection.execute(
                    "INSERT INTO t (a) VALUES ($1)", [.blob([UInt8](repeating: 1, count: 100_000))])
            }
        }
    }

    @Test func commitsFindRoomInTheLog() throws {
        let connection = try bench.database.connect(.write)
        try connection.executeScript("CREATE TABLE t (a BYTEA)")
        try write(2, connection)
        let bytes = try logBytes()
        #expect(bytes >= 2 << 20)
        try write(5, connection)
        #expect(try logBytes() == bytes)
        try write(20, connection)
        #expect(try logBytes() > bytes)
    }

    @Test func theLogBeginsAnewWhenItWasFoldedIn() throws {
        let connection = try bench.database.connect(.write)
        try connection.executeScript("CREATE TABLE t (a BYTEA)")
        // 8,000 pages fill the log once; these are four times as many.
        for _ in 0..<4 {
            try write(350, connection)
            try connection.execute("DELETE FROM t")
        }
        #expect(try logBytes() < 160 << 20)
        connection.close()
        let reader = try bench.database.connect(.read)
        #expect(try reader.first("PRAGMA quick_check") { $0.text(0) } == "ok")
    }

    @Test func whatACrashLeavesBeyondTheLogsEndIsNoCommit() throws {
        let connection = try bench.database.connect(.write)
        try connection.executeScript("CREATE TABLE t (a BYTEA)")
        try write(15, connection)
        // As the disk is after a crash: the log has a tail of nothing, and the index of it is gone.
        let copy = bench.folder.appending(path: "copy.db").path
        try FileManager.default.copyItem(atPath: bench.path, toPath: copy)
        try FileManager.default.copyItem(atPath: bench.path + "-wal", toPath: copy + "-wal")
        let restarted = try SQLiteDatabase(path: copy).connect(.write)
        #expect(try restarted.integer("SELECT count(*) FROM t") == 15)
        try write(1, restarted)
        #expect(try restarted.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }
}
