import BPMN
import Testing

/// - Source: BPMN 2.0.2, clauses 10.5.2 and 13.5.5.
@Suite("Compensation event sub-processes")
struct CompensationSubProcessTests {
    private typealias M = Models
    private static let undo =
        "<intermediateThrowEvent id=\"undo\"><compensateEventDefinition/></intermediateThrowEvent>"

    /// `u` does `w`, which `uw` undoes; its own compensation does what is given.
    private static func subProcess(_ compensation: String, loop: String = "") -> String {
        "<subProcess id=\"u\">\(loop)\(M.start("us"))\(M.job("w"))\(M.compensated("w", by: "uw"))\(M.end("ue"))"
            + "\(M.flows("us", "w", "ue"))<subProcess id=\"h\" triggeredByEvent=\"true\">"
            + "<startEvent id=\"hs\"><compensateEventDefinition/></startEvent>\(compensation)</subProcess></subProcess>"
    }

    private static func talk(_ compensation: String, loop: String = "") throws -> Conversation {
        try Conversation(
            try M.process(
                "\(M.start())\(M.job("a"))\(M.compensated("a", by: "ua"))\(subProcess(compensation, loop: loop))"
                    + "\(undo)\(M.end())\(M.flows("s", "a", "u", "undo", "e"))"), "p")
    }

    @Test("It takes the place of undoing a completed sub-process from within, and sees its variables")
    func inPlace() throws {
        var talk = try Self.talk("\(M.job("repair"))\(M.end("he"))\(M.flows("hs", "repair", "he"))")
        try talk.done("a")
        #expect(talk.jobs == ["w"], "nothing is undone yet")
        try talk.done("w", ["proof": 7])
        #expect(talk.jobs == ["repair"])
        #expect(talk.instance.jobs.first?.variables["proof"] == 7)
        try talk.done("repair")
        #expect(talk.jobs == ["ua"], "what came before the sub-process follows")
        try talk.done("ua")
        #expect(talk.instance.endedAt.last == "e")
        #expect(talk.asked == ["a", "w", "repair", "ua"])
    }

    @Test("What completed in the sub-process is undone where it says so")
    func throwing() throws {
        let within = "<intermediateThrowEvent id=\"inner\"><compensateEventDefinition/></intermediateThrowEvent>"
        var talk = try Self.talk("\(within)\(M.job("report"))\(M.end("he"))\(M.flows("hs", "inner", "report", "he"))")
        for job in ["a", "w", "uw", "report", "ua"] { try talk.done(job) }
        #expect(talk.instance.isEnded)
        #expect(talk.asked == ["a", "w", "uw", "report", "ua"])
    }

    @Test("Each iteration is undone by its own, the last first")
    func iterations() throws {
        let loop = """
            <multiInstanceLoopCharacteristics isSequential="true"><extensionElements><zeebe:loopCharacteristics \
            inputCollection="=[1, 2]" inputElement="i"/></extensionElements></multiInstanceLoopCharacteristics>
            """
        var talk = try Self.talk("\(M.job("repair"))\(M.end("he"))\(M.flows("hs", "repair", "he"))", loop: loop)
        try talk.done("a")
        try talk.done("w", where: "i", is: 1)
        try talk.done("w", where: "i", is: 2)
        #expect(talk.instance.jobs.map { $0.variables["i"] } == [2])
        try talk.done("repair")
        #expect(talk.instance.jobs.map { $0.variables["i"] } == [1])
        try talk.done("repair")
        try talk.done("ua")
        #expect(talk.instance.isEnded)
    }

    @Test("A sub-process that did not complete is not undone")
    func notCompleted() throws {
        let catching =
            "<boundaryEvent id=\"b\" attachedToRef=\"u\"><errorEventDefinition/></boundaryEvent>\(M.end("f"))"
        var talk = try Conversation(
            try M.process(
                "\(M.start())\(Self.subProcess("\(M.job("repair"))\(M.end("he"))\(M.flows("hs", "repair", "he"))"))"
                    + "\(catching)\(Self.undo)\(M.end())\(M.flows("s", "u", "e"))\(M.flows("b", "undo", "f"))"), "p")
        try talk.refused("w", with: "E1")
        #expect(talk.instance.endedAt == ["f"])
        #expect(talk.asked == ["w"])
    }

    @Test("A second one of the same sub-process is refused by name")
    func second() {
        let more =
            "</subProcess><subProcess id=\"k\" triggeredByEvent=\"true\"><startEvent id=\"ks\"><compensateEventDefinition/>"
            + "</startEvent>\(M.end("ke"))\(M.flows("ks", "ke"))"
        let refusal = #expect(throws: ModelRefused.self) {
            _ = try Self.talk("\(M.end("he"))\(M.flows("hs", "he"))\(more)")
        }
        #expect(refusal?.problems.map(\.elementID) == ["ks"])
    }
}
