import Contracts
import Kernel
import Ports
import Runtime
import Synchronization
import Testing

/// Several workers of one service, each with its own partition.
@Suite struct PartitionTests {
    @Test func aTimerAndAnEffectBelongToThePartitionThatDecidedThem() throws {
        let bench = try Bench()
        let first = try bench.worker(partition: 0, of: 2)
        let second = try bench.worker(partition: 1, of: 2)
        let answers = Answers()
        let due = bench.clock.now + .seconds(5)
        second.mailbox.submit(answers.submission(.countLater(ProductID(rawValue: 4), dueAt: due)))
        second.mailbox.submit(answers.submission(.callOutside(ProductID(rawValue: 4), dueAt: due)))
        try second.step()
        #expect(bench.effects.takeAll().map(\.partition) == [1])
        bench.clock.advance(.seconds(6))
        #expect(try first.step() == 0)
        #expect(try first.nextTimer() == nil)
        #expect(try second.step() == 1)
        // Whoever has the partition next looks its effects up, and only those.
        _ = try bench.worker(owner: "next", partition: 0, of: 2)
        #expect(bench.effects.takeAll().isEmpty)
        _ = try bench.worker(owner: "next", partition: 1, of: 2)
        #expect(bench.effects.takeAll().map(\.isUncertain) == [true])
    }

    @Test func eachPartitionHasPositionsOfItsOwn() throws {
        let bench = try Bench()
        for partition in 0..<3 {
            let worker = try bench.worker(partition: partition, of: 3)
            let answers = Answers()
            for _ in 0...partition { worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1)))) }
            try worker.step()
        }
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        let heads = try connection.rows("SELECT position FROM heads ORDER BY partition") { $0.integer(0) }
        #expect(heads == [1, 2, 3])
        #expect(try RuntimeAudit.audit(.warehouse, connection).filter { !$0.holds } == [])
    }

    @Test func lettersOfTwoPartitionsNeverShareANumber() throws {
        let bench = try Bench()
        for partition in [1, 0] {
            let worker = try bench.worker(partition: partition, of: 2)
            bench.log.envelopes = []
            bench.log.add(TallyLogic.poison.rawValue, from: partition)
            try worker.step()
            worker.close()
            bench.log.envelopes = []
        }
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        #expect(
            try DeadLetters.list(connection, limit: 10).map { [$0.id, Int64($0.partition)] } == [[1, 0], [2, 1]])
    }

    @Test func theNumberOfPartitionsIsForEver() throws {
        let bench = try Bench()
        try Migrator.prepare(bench.database, for: bench.logic, now: bench.clock.now)
        #expect(try Division.settle(bench.database, asked: nil, standard: 4) == 4)
        #expect(try Division.settle(bench.database, asked: 4, standard: 1) == 4)
        #expect(throws: Fault.self) { try Division.settle(bench.database, asked: 8, standard: 1) }
    }

    @Test func whatWasUsedBeforeThereWerePartitionsHasOne() throws {
        let bench = try Bench()
        try bench.worker().close()
        #expect(try Division.settle(bench.database, asked: nil, standard: 8) == 1)
    }
}

/// Who takes and gives back how many partitions.
@Suite struct FairShareTests {
    static let now = Instant(milliseconds: 1_000_000)

    static func owned(_ owners: [String?]) -> [NodeTable.Ownership] {
        owners.enumerated().map { partition, owner in
            NodeTable.Ownership(
                partition: partition, owner: owner ?? "", epoch: 1,
                expiresAt: owner == nil ? Instant(milliseconds: 0) : now + .seconds(1))
        }
    }

    @Test func aNodeAloneTakesEverything() {
        let share = FairShare(of: "a", among: [], Self.owned([nil, nil, nil]), held: [], now: Self.now)
        #expect(share.claims == [0, 1, 2])
        #expect(share.returns == [])
    }

    @Test func theSecondGetsItsHalfBack() {
        let all = Self.owned(["a", "a", "a", "a", "a"])
        let first = FairShare(of: "a", among: ["a", "b"], all, held: [0, 1, 2, 3, 4], now: Self.now)
        #expect(first.returns == [3, 4])
        let second = FairShare(of: "b", among: ["a", "b"], all, held: [], now: Self.now)
        #expect(second.claims == [])
        let after = FairShare(
            of: "b", among: ["a", "b"], Self.owned(["a", "a", "a", nil, nil]), held: [], now: Self.now)
        #expect(after.claims == [3, 4])
    }

    @Test func whatDoesNotDivideEvenlyGoesToTheFirst() {
        for (node, fair) in [("a", 3), ("b", 3), ("c", 2)] {
            let share = FairShare(
                of: node, among: ["c", "b", "a"], Self.owned([String?](repeating: nil, count: 8)), held: [],
                now: Self.now)
            #expect(share.claims.count == fair)
        }
    }

    @Test func whoWantsEverythingGivesNothingBack() {
        let share = FairShare(
            of: "a", among: ["a", "b"], Self.owned(["a", "a", nil]), held: [0, 1], now: Self.now, wantsAll: true)
        #expect(share.claims == [2])
        #expect(share.returns == [])
    }
}
