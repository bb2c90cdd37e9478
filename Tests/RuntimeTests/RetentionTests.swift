import Contracts
import Foundation
import Kernel
import Ports
import Runtime
import SQLiteStore
import Testing

/// What is past its time goes, and nothing that anybody still needs.
@Suite struct RetentionTests {
    private let bench: Bench
    private let answers = Answers()
    private let reader: any DatabaseConnection
    private static let tenSeconds = Retention(events: .seconds(10), effects: .seconds(10), answers: .seconds(10))

    init() throws {
        bench = try Bench()
        _ = try bench.worker()
        reader = try bench.database.connect(.read)
    }

    private func count(_ table: String) throws -> Int64 { try reader.integer("SELECT count(*) FROM \(table)") }

    /// Steps until nothing is left to remove: each step of an idle worker removes once.
    private func rest(_ worker: Worker<TallyLogic>) throws {
        for _ in 0..<20 {
            bench.clock.advance(.milliseconds(200))
            try worker.step()
        }
    }

    private func submit(_ worker: Worker<TallyLogic>, _ keys: Range<Int>) throws {
        for number in keys {
            worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1)), key: "k\(number)"))
        }
        try worker.step()
    }

    private func expectAudited() throws {
        let broken = try RuntimeAudit.audit(.warehouse, reader).filter { !$0.holds }
        #expect(broken.isEmpty, "\(broken)")
    }

    @Test func eventsAndAnswersGoWhenTheirTimeIsOver() throws {
        let worker = try bench.worker(retention: Self.tenSeconds)
        bench.log.readByOthers = .max
        try submit(worker, 0..<20)
        bench.clock.advance(.milliseconds(9_999))
        try worker.step()
        #expect(try [count("events"), count("idempotency")] == [20, 20])
        bench.clock.advance(.milliseconds(1))
        try rest(worker)
        #expect(try [count("events"), count("idempotency")] == [0, 0])
        try expectAudited()
        try submit(worker, 20..<25)
        #expect(try count("events") == 5)
        #expect(try bench.tally(1) == 25)
        try expectAudited()
    }

    @Test func noEventGoesBeforeEveryReaderHasIt() throws {
        let worker = try bench.worker(retention: Self.tenSeconds)
        try submit(worker, 0..<20)
        bench.clock.advance(.seconds(60))
        try rest(worker)
        #expect(try count("events") == 20)
        bench.log.readByOthers = 12
        try rest(worker)
        #expect(try count("events") == 8)
        try expectAudited()
    }

    @Test func anEventMissingWithoutHavingBeenRemovedIsFound() throws {
        let worker = try bench.worker(retention: Self.tenSeconds)
        try submit(worker, 0..<20)
        bench.log.readByOthers = 12
        bench.clock.advance(.seconds(60))
        try rest(worker)
        let writer = try bench.database.connect(.write)
        try writer.execute("DELETE FROM events WHERE place = 15")
        #expect(try RuntimeAudit.audit(.warehouse, reader).contains { !$0.holds })
    }

    @Test func anEffectGoesOnlyAfterItEnded() throws {
        let worker = try bench.worker(retention: Self.tenSeconds)
        for product in [1, 2] as [Int64] {
            worker.mailbox.submit(
                answers.submission(.callOutside(ProductID(rawValue: product), dueAt: bench.clock.now)))
        }
        try worker.step()
        let effects = bench.effects.takeAll()
        bench.clock.advance(.seconds(3600))
        try rest(worker)
        #expect(try count("effects") == 2)
        worker.mailbox.deliver(effects[0], .done(.acknowledged))
        try worker.step()
        bench.clock.advance(.seconds(10))
        try rest(worker)
        #expect(try count("effects") == 1)
        // A repetition of an outcome whose row is gone still changes nothing.
        worker.mailbox.deliver(effects[0], .done(.acknowledged))
        try worker.step()
        #expect(try bench.tally(1) == 1)
        try expectAudited()
    }

    @Test func aZombieRemovesNothing() throws {
        let zombie = try bench.worker(owner: "one", retention: Self.tenSeconds)
        bench.log.readByOthers = .max
        try submit(zombie, 0..<5)
        _ = try bench.worker(owner: "two", retention: Self.tenSeconds)
        bench.clock.advance(.seconds(60))
        #expect(throws: Fault.self) { try zombie.step() }
        #expect(try count("events") == 5)
    }

    @Test func theFileStopsGrowing() throws {
        let worker = try bench.worker(retention: Self.tenSeconds)
        bench.log.readByOthers = .max
        var sizes: [Int64] = []
        for round in 0..<40 {
            for slice in 0..<5 {
                try submit(worker, (round * 500 + slice * 100)..<(round * 500 + slice * 100 + 100))
                bench.clock.advance(.milliseconds(400))
                try worker.step()
            }
            sizes.append(
                try reader.integer("PRAGMA page_count") * reader.integer("PRAGMA page_size"))
        }
        // Ten seconds are five rounds: from then on as much goes as comes.
        let settled = try #require(sizes.dropFirst(10).first)
        #expect(try count("events") <= 3500)
        #expect(sizes[39] <= settled + settled / 20, "\(sizes)")
        try expectAudited()
    }
}
