import Contracts
import Kernel
import Ports
import Runtime
import TestServers
import Testing

@Suite(.onEveryStore) struct WorkerTests {
    let bench: Bench
    let answers = Answers()

    init() throws { bench = try Bench() }

    @Test func commandsOfOneBatchShareOneCommit() throws {
        let worker = try bench.worker()
        for _ in 0..<50 { worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 5)))) }
        #expect(try worker.step() == 50)
        #expect(answers.texts.last == "accepted 50")
        let connection = try bench.database.connect(.read)
        #expect(try connection.integer("SELECT commits FROM leases") == 1)
        #expect(try connection.integer("SELECT position FROM heads") == 50)
    }

    @Test func anEventIsAppliedOnceAcrossRestarts() throws {
        for product: Int64 in [1, 2, 1] { bench.log.add(product) }
        try bench.worker().step()
        let restarted = try bench.worker(owner: "two")
        #expect(try restarted.step() == 0)
        #expect(try bench.tally(1) == 2)
        #expect(try bench.tally(2) == 1)
    }

    @Test func positionsStayDenseWhenABatchIsRolledBack() throws {
        let worker = try bench.worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1))))
        worker.mailbox.submit(answers.submission(.count(TallyLogic.poison)))
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 2))))
        try worker.step()
        #expect(answers.texts == ["accepted 1", "unavailable poison", "accepted 1"])
        let connection = try bench.database.connect(.read)
        #expect(try RuntimeAudit.audit(.warehouse, connection).allSatisfy(\.holds))
        #expect(try connection.integer("SELECT position FROM heads") == 2)
    }

    @Test func aRejectionChangesNothing() throws {
        let worker = try bench.worker()
        for _ in 0..<1001 { worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1)))) }
        try worker.step()
        #expect(answers.texts.last == "rejected too_many")
        #expect(try bench.tally(1) == 1000)
    }

    @Test func aRepeatedRequestGetsTheAnswerOfTheFirst() throws {
        let worker = try bench.worker()
        let command = TallyLogic.Command.count(ProductID(rawValue: 4))
        worker.mailbox.submit(answers.submission(command, key: "a"))
        worker.mailbox.submit(answers.submission(command, key: "a"))
        worker.mailbox.submit(answers.submission(command, key: "a", fingerprint: 2))
        try worker.step()
        worker.mailbox.submit(answers.submission(command, key: "a"))
        worker.mailbox.submit(answers.submission(command, key: "a", fingerprint: 2))
        try worker.step()
        #expect(
            answers.texts.sorted() == [
                "accepted 1", "key reused", "key reused", "replayed answer 1", "replayed answer 1",
            ])
        #expect(try bench.tally(4) == 1)
    }

    @Test func poisonParksItsKeyAndOnlyItsKey() throws {
        let worker = try bench.worker()
        for product: Int64 in [1, 13, 2, 13] { bench.log.add(product) }
        try worker.step()
        bench.log.add(13)
        bench.log.add(1)
        worker.mailbox.submit(answers.submission(.count(TallyLogic.poison)))
        try worker.step()
        #expect(answers.texts == ["parked"])
        #expect(try bench.tally(1) == 2)
        let connection = try bench.database.connect(.read)
        let letters = try DeadLetters.list(connection, limit: 10)
        #expect(letters.count == 3)
        #expect(letters.first?.error == "poison: thirteen")

        bench.logic.isPoisonous = false
        worker.mailbox.request(DeadLetterRequest(.replay(key: 13)) { result in #expect(result == .success(3)) })
        try worker.step()
        #expect(try bench.tally(13) == 3)
        #expect(try DeadLetters.list(connection, limit: 10).isEmpty)
    }

    @Test func aZombieCannotCommit() throws {
        let zombie = try bench.worker(owner: "one")
        bench.clock.advance(.seconds(11))
        let successor = try bench.worker(owner: "two", formerOwnerIsGone: false)
        zombie.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1))))
        #expect(throws: Fault.self) { try zombie.step() }
        #expect(answers.texts == ["unavailable lease_lost"])
        successor.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1))))
        try successor.step()
        #expect(try bench.tally(1) == 1)
    }

    @Test func aRunningLeaseIsNotTaken() throws {
        let holder = try bench.worker(owner: "one")
        #expect(throws: Fault.self) { try bench.worker(owner: "two", formerOwnerIsGone: false) }
        try holder.step()
    }

    @Test func aTimerFiresOnceWhenItIsDue() throws {
        let worker = try bench.worker()
        let dueAt = bench.clock.now + .seconds(60)
        worker.mailbox.submit(answers.submission(.countLater(ProductID(rawValue: 8), dueAt: dueAt)))
        try worker.step()
        #expect(try worker.nextTimer() == dueAt)
        bench.clock.advance(.seconds(59))
        #expect(try worker.step() == 0)
        bench.clock.advance(.seconds(1))
        #expect(try worker.step() == 1)
        #expect(try worker.step() == 0)
        #expect(try bench.tally(8) == 1)
    }
}

@Suite(.onEveryStore) struct EffectTests {
    let bench: Bench
    let answers = Answers()
    let product = ProductID(rawValue: 21)

    init() throws { bench = try Bench() }

    private func decided(_ worker: Worker<TallyLogic>) throws -> Effect {
        worker.mailbox.submit(answers.submission(.callOutside(product, dueAt: bench.clock.now)))
        try worker.step()
        return try #require(bench.effects.takeAll().first)
    }

    @Test func anOutcomeThatComesTwiceCountsOnce() throws {
        let worker = try bench.worker()
        let effect = try decided(worker)
        worker.mailbox.deliver(effect, .done(.payment(id: "p1")))
        worker.mailbox.deliver(effect, .done(.payment(id: "p1")))
        try worker.step()
        worker.mailbox.deliver(effect, .refused(code: "late", detail: ""))
        try worker.step()
        #expect(try bench.tally(21) == 1)
    }

    @Test func afterACrashAPendingEffectIsUncertain() throws {
        let effect = try decided(try bench.worker())
        #expect(!effect.isUncertain)
        let restarted = try bench.worker()
        let again = try #require(bench.effects.takeAll().first)
        #expect(again.key == effect.key)
        #expect(again.isUncertain)
        restarted.mailbox.deliver(again, .done(.acknowledged))
        try restarted.step()
        #expect(try bench.tally(21) == 1)
    }

    @Test func aFailedTryComesBackAndAnUnknownOneIsLookedUp() throws {
        let worker = try bench.worker()
        var effect = try decided(worker)
        let later = bench.clock.now + .seconds(5)
        worker.mailbox.deliver(effect, .unknown(reason: "time-out", lookUpAt: later))
        try worker.step()
        effect = try #require(bench.effects.takeAll().first)
        #expect(effect.isUncertain && effect.attempts == 1 && effect.dueAt == later)
        worker.mailbox.deliver(effect, .failed(reason: "503", retryAt: later + .seconds(5)))
        try worker.step()
        effect = try #require(bench.effects.takeAll().first)
        #expect(!effect.isUncertain && effect.attempts == 2)
        #expect(try bench.tally(21) == 0)
    }

    @Test func anEffectWithAnotherWayEndsOnceItsDestinationIsDown() throws {
        let worker = try bench.worker()
        let effect = try decided(worker)
        let yielding = Effect(
            key: effect.key, entity: effect.entity, request: effect.request, dueAt: effect.dueAt, yieldsWhenDown: true)
        let later = bench.clock.now + .seconds(2)
        // A try that failed may succeed next time, and one that may have happened is looked up.
        for outcome in [
            EffectOutcome.failed(reason: "503", retryAt: later), .unknown(reason: "circuit open", lookUpAt: later),
        ] {
            worker.mailbox.deliver(yielding, outcome)
            try worker.step()
            let again = try #require(bench.effects.takeAll().first)
            #expect(again.yieldsWhenDown && again.dueAt == later)
        }
        #expect(try bench.tally(21) == 0)
        worker.mailbox.deliver(yielding, .withheld(reason: "circuit open", retryAt: later))
        try worker.step()
        #expect(try bench.tally(21) == 100)
        #expect(bench.effects.takeAll().isEmpty)
    }

    @Test func anEffectWithoutAnotherWayWaitsUntilItsDestinationIsUp() throws {
        let worker = try bench.worker()
        let effect = try decided(worker)
        let later = bench.clock.now + .seconds(2)
        worker.mailbox.deliver(effect, .withheld(reason: "circuit open", retryAt: later))
        try worker.step()
        let again = try #require(bench.effects.takeAll().first)
        #expect(again.dueAt == later && !again.isUncertain)
        #expect(try bench.tally(21) == 0)
    }

    @Test func aWithdrawalEndsOnlyWhatCertainlyDidNotHappen() throws {
        let worker = try bench.worker()
        var effect = try decided(worker)
        worker.mailbox.submit(answers.submission(.withdraw(product)))
        worker.mailbox.deliver(effect, .unknown(reason: "time-out", lookUpAt: bench.clock.now))
        try worker.step()
        try worker.step()
        effect = try #require(bench.effects.takeAll().first)
        #expect(try bench.tally(21) == 0)
        worker.mailbox.deliver(effect, .failed(reason: "refused connection", retryAt: bench.clock.now))
        try worker.step()
        #expect(try bench.tally(21) == 100)
        #expect(bench.effects.takeAll().isEmpty)
    }
}
