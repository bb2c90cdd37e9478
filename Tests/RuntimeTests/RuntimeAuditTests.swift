import Contracts
import Kernel
import Ports
import Runtime
import Testing

/// The auditor is believed because it finds each kind of drift that is put in.
@Suite struct RuntimeAuditTests {
    /// A service that has written events, ended a call, and read another's topic.
    private func busyBench() throws -> Bench {
        let bench = try Bench()
        let worker = try bench.worker()
        let answers = Answers()
        for product in 1...3 as ClosedRange<Int64> {
            worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: product))))
        }
        worker.mailbox.submit(answers.submission(.callOutside(ProductID(rawValue: 4), dueAt: bench.clock.now)))
        bench.log.add(5)
        try worker.step()
        for effect in bench.effects.takeAll() { worker.mailbox.deliver(effect, .done(.acknowledged)) }
        try worker.step()
        worker.close()
        return bench
    }

    private func broken(_ bench: Bench) throws -> [String] {
        let reader = try bench.database.connect(.read)
        defer { reader.close() }
        return try RuntimeAudit.audit(.warehouse, reader).filter { !$0.holds }.map(\.name)
    }

    @Test func aBusyServiceIsClean() throws {
        let bench = try busyBench()
        #expect(try broken(bench) == [])
        let reader = try bench.database.connect(.read)
        defer { reader.close() }
        let figures = try RuntimeAudit.audit(.warehouse, reader).map(\.figure)
        #expect(Array(figures.prefix(3)) == [5, 1, 0], "events, effects, parked inputs")
    }

    @Test(arguments: [
        ("positions are dense up to the head", "DELETE FROM events WHERE place = 2"),
        ("positions are dense up to the head", "DELETE FROM events WHERE place = 5"),
        ("positions are dense up to the head", "UPDATE heads SET position = position + 1"),
        ("positions are dense up to the head", "UPDATE events SET place = 9 WHERE place = 3"),
        ("every effect that is done has its result", "UPDATE effects SET result = NULL"),
        (
            "no input is parked",
            """
            INSERT INTO dead_letters (id, partition, key, input, label, payload, error, parked_at)
            VALUES (1, 0, 5, 'event', 'orders/ProductRegistered', '{}', 'poison', 1)
            """
        ),
        (
            "the audit log is as it was written",
            """
            INSERT INTO audit_log (position, at, actor, action, subject, reason, before, after, hash)
            VALUES (1, 1, 'nobody', 'cancel_order', 'ord_1', '', '', '', '')
            """
        ),
    ])
    func driftIsFound(check: String, drift: String) throws {
        let bench = try busyBench()
        let writer = try bench.database.connect(.write)
        try writer.execute(drift)
        writer.close()
        #expect(try broken(bench) == ["warehouse: \(check)"])
    }
}
