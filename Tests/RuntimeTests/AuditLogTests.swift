import Kernel
import Ports
import SQLiteStore
import TestServers
import Testing

@testable import Runtime

/// Whoever changes the log afterwards is found out.
@Suite(.onEveryStore) struct AuditLogTests {
    let bench: Bench
    let database: any DatabaseConnection

    init() throws {
        bench = try Bench()
        database = try bench.database.connect(.write)
        try Migrator.migrate(
            database, scope: "test", [Migration(1, "audit log", AuditLog.tables)], now: Instant(milliseconds: 0))
        for number in 1...5 {
            let record = AuditRecord(
                actor: "key_1", action: "cancel_order", subject: "ord_\(number)", reason: "r", before: "{}", after: "{}"
            )
            try AuditLog.append([record], database, now: Instant(milliseconds: Int64(number)))
        }
    }

    @Test func whatWasWrittenHolds() throws {
        let check = try AuditLog.check("x", database)
        #expect(check.holds)
        #expect(check.figure == 5)
        #expect(check.name == "x: the audit log is as it was written")
        try database.executeScript("DELETE FROM audit_log; DELETE FROM audit_head;")
        #expect(try AuditLog.check("x", database).holds, "a log that never began")
    }

    @Test(
        arguments: [
            ("UPDATE audit_log SET actor = 'key_2' WHERE position = 3", "record 3 is not what was written"),
            ("UPDATE audit_log SET at = at + 1 WHERE position = 3", "record 3 is not what was written"),
            ("UPDATE audit_log SET reason = '', before = 'r{}' WHERE position = 3", "record 3 is not what was written"),
            ("DELETE FROM audit_log WHERE position = 1", "records 1 to 1 are missing"),
            ("DELETE FROM audit_log WHERE position IN (2, 3)", "records 2 to 3 are missing"),
            ("DELETE FROM audit_log WHERE position = 5", "records 5 to 5 are missing"),
            ("DELETE FROM audit_log", "records 1 to 5 are missing"),
            ("DELETE FROM audit_head", "the head names 0 with another hash than record 5"),
            (
                """
                UPDATE audit_log SET position = 9 WHERE position = 2;
                UPDATE audit_log SET position = 2 WHERE position = 4;
                UPDATE audit_log SET position = 4 WHERE position = 9;
                """, "record 2 is not what was written"
            ),
            (
                """
                INSERT INTO audit_log SELECT 6, at, actor, action, subject, reason, before, after, hash
                FROM audit_log WHERE position = 5
                """, "record 6 is not what was written"
            ),
        ])
    func whatWasChangedIsFound(_ tampering: String, _ first: String) throws {
        try database.executeScript(tampering)
        let check = try AuditLog.check("x", database)
        #expect(check.offenders.first == first)
    }

    @Test func aRecordThatIsHashedAnewStillBreaksTheChain() throws {
        let forged = AuditRecord(actor: "key_2", action: "cancel_order", subject: "ord_3")
        let former = try #require(
            try database.first("SELECT hash FROM audit_log WHERE position = 2") { $0.text(0) })
        let at = Instant(milliseconds: 3)
        try database.execute(
            """
            UPDATE audit_log SET actor = $1, reason = '', before = '', after = '', hash = $2 WHERE position = 3
            """, [.text(forged.actor), .text(forged.hash(at: at, position: 3, after: former))])
        #expect(try AuditLog.check("x", database).offenders == ["record 4 is not what was written"])
    }

    @Test func readingGoesOnWhereItEnded() throws {
        let first = try AuditLog.read(after: (Instant(milliseconds: 0), 0), limit: 3, database)
        #expect(first.map(\.position) == [1, 2, 3])
        let rest = try AuditLog.read(after: (Instant(milliseconds: 3), 3), limit: 3, database)
        #expect(rest.map(\.position) == [4, 5])
    }
}
