import Kernel
import Ports
import TestServers
import Testing

@testable import Runtime

@Suite(.onEveryStore) struct ClockCheckTests {
    let bench: Bench
    let answers = Answers()

    init() throws { bench = try Bench() }

    @Test func aClockThatIsSetBackIsReportedOnceAndStopsNothing() throws {
        let worker = try bench.worker()
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1))))
        try worker.step()
        bench.clock.advance(.seconds(-3600))
        let connection = try bench.database.connect(.read)
        var check = try ClockCheck(connection)
        let fault = check.observe(bench.clock.now)
        #expect(fault?.code == "clock_set_back")
        #expect(fault?.description.contains("3600 s") == true)
        #expect(check.observe(bench.clock.now) == nil)
        worker.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1))))
        try worker.step()
        let restarted = try bench.worker(owner: "two")
        restarted.mailbox.submit(answers.submission(.count(ProductID(rawValue: 1))))
        try restarted.step()
        #expect(answers.texts.last == "accepted 3")
        #expect(try RuntimeAudit.audit(.warehouse, connection).allSatisfy(\.holds))
    }

    @Test(arguments: [(10_000, false), (10_001, true)])
    func aClockMayBeCorrectedALittle(milliseconds: Int, isReported: Bool) throws {
        _ = try bench.worker()
        var check = try ClockCheck(bench.database.connect(.read))
        let now = bench.clock.now
        #expect(check.observe(now) == nil)
        #expect((check.observe(now - .milliseconds(milliseconds)) != nil) == isReported)
    }
}
