import BPMN
import Kernel
import Testing

@Suite("Processes that begin by themselves")
struct StartScheduleTests {
    private typealias M = Models
    private static let noon = Instant(milliseconds: 1_800_000_000_000)

    private static func engine(_ timer: String) throws -> ProcessEngine {
        let start = "<startEvent id=\"s\"><timerEventDefinition>\(timer)</timerEventDefinition></startEvent>"
        return ProcessEngine(
            model: try M.process("\(start)\(M.job("sweep"))\(M.end())\(M.flows("s", "sweep", "e"))"))
    }

    @Test("A cycle begins as often as it says, each turn after the one before")
    func cycle() throws {
        let engine = try Self.engine("<timeCycle>R3/PT1H</timeCycle>")
        var start = try engine.firstStart(processID: "p", deployedAt: Self.noon)
        var hours: [Int64] = []
        while let due = start {
            hours.append((due.dueAt - Self.noon).inMilliseconds / 3_600_000)
            let (instance, _) = engine.start(processID: "p", now: due.dueAt)
            #expect(instance.jobs.map(\.type) == ["sweep"])
            start = due.next
        }
        #expect(hours == [1, 2, 3])
    }

    @Test(
        "A duration and a date begin once",
        arguments: ["<timeDuration>PT5M</timeDuration>", "<timeDate>2027-01-15T08:05:00Z</timeDate>"])
    func once(timer: String) throws {
        let start = try #require(try Self.engine(timer).firstStart(processID: "p", deployedAt: Self.noon))
        #expect(start.dueAt == Self.noon + .seconds(300))
        #expect(start.next == nil)
    }

    @Test("A cycle without a number has no end")
    func endless() throws {
        let engine = try Self.engine("<timeCycle>R/P1D</timeCycle>")
        var start = try engine.firstStart(processID: "p", deployedAt: Self.noon)
        for _ in 0..<100 { start = start?.next }
        #expect(start?.dueAt == Self.noon + .seconds(101 * 86_400))
    }

    @Test("Without a timer there is no schedule; an expression that needs variables gives none")
    func none() throws {
        let plain = ProcessEngine(model: try M.process("\(M.start())\(M.end())\(M.flows("s", "e"))"))
        #expect(try plain.firstStart(processID: "p", deployedAt: Self.noon) == nil)
        let engine = try Self.engine("<timeDuration>=waiting</timeDuration>")
        let failure = #expect(throws: StartScheduleFailure.self) {
            _ = try engine.firstStart(processID: "p", deployedAt: Self.noon)
        }
        #expect(failure?.processID == "p")
    }
}
