import BPMN
import Kernel
import Testing

@Suite("Engine: events")
struct EventTests {
    typealias M = Models
    private let s = Models.start()
    private let e = Models.end()
    private let others =
        Models.message("hello", key: "=k") + Models.message("plain")
        + "<error id=\"err\" errorCode=\"E1\"/><escalation id=\"esc\" escalationCode=\"X1\"/>"

    private func onError(_ reference: String = "errorRef=\"err\"") -> String { "<errorEventDefinition \(reference)/>" }
    private func onEscalation() -> String { "<escalationEventDefinition escalationRef=\"esc\"/>" }
    private func boundary(_ id: String, on host: String, _ definition: String, interrupting: Bool = true) -> String {
        "<boundaryEvent id=\"\(id)\" attachedToRef=\"\(host)\" cancelActivity=\"\(interrupting)\">\(definition)</boundaryEvent>"
    }
    private func eventSubProcess(_ definition: String, interrupting: Bool) -> String {
        "<subProcess id=\"x\" triggeredByEvent=\"true\"><startEvent id=\"xs\" isInterrupting=\"\(interrupting)\">"
            + "\(definition)</startEvent>\(M.job("xt"))\(M.end("xe"))\(M.flows("xs", "xt", "xe"))</subProcess>"
    }
    private func talk(_ content: String, _ variables: [String: FEELValue] = [:]) throws -> Conversation {
        try Conversation(try M.process(content, others: others), "p", variables)
    }

    @Test("A catch event and a receive task wait for their message, by key")
    func messages() throws {
        var talk = try talk(
            "\(s)<intermediateCatchEvent id=\"c\">\(M.onMessage("hello"))</intermediateCatchEvent>"
                + "<receiveTask id=\"r\" messageRef=\"m-plain\"/>\(e)\(M.flows("s", "c", "r", "e"))", ["k": 7])
        #expect(throws: EngineRejection.noSubscription(name: "hello", key: 8)) { try talk.message("hello", 8) }
        try talk.message("hello", 7)
        try talk.message("plain", 99)
        #expect(talk.instance.isEnded)
    }

    @Test("A correlation key that is null is an incident")
    func nullKey() throws {
        let content =
            "\(s)<intermediateCatchEvent id=\"c\">\(M.onMessage("hello"))</intermediateCatchEvent>\(e)"
            + M.flows("s", "c", "e")
        var talk = try talk(content)
        #expect(talk.instance.incidents.map(\.kind) == [.expression])
        try talk.say(.setVariables(["k": 1]))
        try talk.say(.resolveIncident(try #require(talk.instance.incidents.first?.key)))
        try talk.message("hello", 1)
        #expect(talk.instance.isEnded)
    }

    @Test(
        "Timers by duration, date, variable and expression",
        arguments: [
            "<timeDuration>PT1H</timeDuration>", "<timeDuration>=\"PT60M\"</timeDuration>",
            "<timeDuration>=d</timeDuration>",
            "<timeDuration>=duration(\"PT30M\") * 2</timeDuration>", "<timeDate>2027-01-15T09:00:00Z</timeDate>",
            "<timeDate>=date and time(\"2027-01-15T08:00:00Z\") + duration(\"PT1H\")</timeDate>",
            "<timeCycle>R1/PT1H</timeCycle>",
        ])
    func timers(definition: String) throws {
        var talk = try talk(
            "\(s)<intermediateCatchEvent id=\"c\"><timerEventDefinition>\(definition)</timerEventDefinition>"
                + "</intermediateCatchEvent>\(e)\(M.flows("s", "c", "e"))", ["d": "PT1H"])
        #expect(talk.instance.nextDueAt == Instant(milliseconds: 1_800_003_600_000))
        try talk.wait(.seconds(3599))
        #expect(!talk.instance.isEnded)
        try talk.wait(.seconds(1))
        #expect(talk.instance.isEnded)
    }

    @Test("A cycle on a non-interrupting boundary fires as often as it says, also when all are due at once")
    func cycle() throws {
        let timer = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>"
        var talk = try talk(
            "\(s)\(M.job("t"))\(boundary("b", on: "t", timer, interrupting: false))\(M.job("remind"))\(e)\(M.end("f"))"
                + "\(M.flows("s", "t", "e"))\(M.flows("b", "remind", "f"))")
        try talk.wait(.seconds(3600))
        #expect(talk.jobs == ["t", "remind"])
        try talk.wait(.seconds(36000))
        #expect(talk.jobs == ["t", "remind", "remind", "remind"])
        #expect(talk.instance.nextDueAt == nil)
    }

    @Test("Timers due together fire in the order in which they were due")
    func timerOrder() throws {
        var talk = try talk(
            "\(s)\(M.job("t"))\(boundary("b", on: "t", M.after("PT2H"), interrupting: false))"
                + "\(boundary("c", on: "t", M.after("PT1H"), interrupting: false))\(M.job("late"))\(M.job("soon"))\(e)"
                + "\(M.flows("s", "t", "e"))\(M.flows("b", "late", "e"))\(M.flows("c", "soon", "e"))")
        try talk.wait(.seconds(7200))
        #expect(talk.jobs == ["t", "soon", "late"])
    }

    @Test("Boundary messages, interrupting or not", arguments: [true, false])
    func boundaryMessage(interrupting: Bool) throws {
        var talk = try talk(
            "\(s)\(M.job("t"))\(boundary("b", on: "t", M.onMessage("plain"), interrupting: interrupting))\(M.job("u"))\(e)"
                + "\(M.flows("s", "t", "e"))\(M.flows("b", "u", "e"))")
        try talk.message("plain")
        #expect(talk.jobs == (interrupting ? ["u"] : ["t", "u"]))
        #expect(talk.cancelled == (interrupting ? ["t"] : []))
        if !interrupting {
            try talk.message("plain")
            #expect(talk.jobs == ["t", "u", "u"])
        }
    }

    @Test("An error goes to the event with its code, otherwise to one that catches all, otherwise outwards")
    func errors() throws {
        let content =
            "\(s)<subProcess id=\"u\">\(M.start("us"))\(M.job("t"))\(boundary("b", on: "t", onError()))\(M.end("ue"))"
            + "\(M.end("uf"))\(M.flows("us", "t", "ue"))\(M.flows("b", "uf"))</subProcess>"
            + "\(boundary("all", on: "u", onError("")))\(M.job("after"))\(e)\(M.end("f"))\(M.flows("s", "u", "after", "e"))"
            + M.flows("all", "f")
        var known = try talk(content)
        try known.refused("t", with: "E1", ["why": "x"])
        #expect(known.jobs == ["after"])
        #expect(known.instance.variables["why"] == "x")
        var other = try talk(content)
        try other.refused("t", with: "E2")
        #expect(other.instance.endedAt == ["f"])
    }

    @Test("An error that nobody catches is an incident at its job")
    func uncaught() throws {
        var talk = try talk(
            "\(s)\(M.job("t"))\(boundary("b", on: "t", onError()))\(e)\(M.flows("s", "t", "e"))\(M.flow("b", "e"))")
        try talk.refused("t", with: "E9")
        #expect(talk.instance.incidents.map(\.kind) == [.unhandledError])
        try talk.say(.resolveIncident(try #require(talk.instance.incidents.first?.key)))
        try talk.refused("t", with: "E1")
        #expect(talk.instance.isEnded)
    }

    @Test("An error end event leaves its sub-process, also out of a called process")
    func errorEnd() throws {
        let called =
            "<process id=\"q\">\(M.start("qs"))<endEvent id=\"qe\">\(onError())</endEvent>\(M.flows("qs", "qe"))</process>"
        let content =
            "\(s)<callActivity id=\"c\" calledElement=\"q\"/>\(boundary("b", on: "c", onError()))\(e)\(M.end("f"))"
            + "\(M.flows("s", "c", "e"))\(M.flow("b", "f"))"
        let talk = try Conversation(try M.process(content, others: others + called), "p")
        #expect(talk.instance.endedAt == ["f"])
    }

    @Test("Escalations, interrupting or not; one that nobody catches passes", arguments: ["no", "yes", "uncaught"])
    func escalation(interrupting: String) throws {
        let catching = boundary("b", on: "u", onEscalation(), interrupting: interrupting == "yes")
        var talk = try talk(
            "\(s)<subProcess id=\"u\">\(M.start("us"))<intermediateThrowEvent id=\"th\">\(onEscalation())</intermediateThrowEvent>"
                + "\(M.job("t"))\(M.end("ue"))\(M.flows("us", "th", "t", "ue"))</subProcess>"
                + "\(interrupting == "uncaught" ? "" : catching + M.job("w") + M.end("f") + M.flows("b", "w", "f"))"
                + "\(e)\(M.flows("s", "u", "e"))")
        #expect(
            talk.jobs == ["no": ["w", "t"], "yes": ["w"], "uncaught": ["t"]][interrupting].map { $0.sorted() } ?? []
                || talk.jobs.sorted() == ["t", "w"] && interrupting == "no")
        while let job = talk.jobs.first { try talk.done(job) }
        #expect(talk.instance.isEnded)
    }

    @Test("Terminate ends its own scope only")
    func terminateEnd() throws {
        var talk = try talk(
            "\(s)<subProcess id=\"u\">\(M.start("us"))<parallelGateway id=\"g\"/>\(M.job("t"))<endEvent id=\"te\">"
                + "<terminateEventDefinition/></endEvent>\(M.end("ue"))\(M.flows("us", "g", "t", "ue"))\(M.flow("g", "te"))"
                + "</subProcess>\(M.job("after"))\(e)\(M.flows("s", "u", "after", "e"))")
        #expect(talk.jobs == ["after"])
        #expect(talk.cancelled == ["t"])
        try talk.done("after")
        #expect(talk.instance.isEnded)
    }

    @Test(
        "Event sub-processes by message and timer, interrupting or not", arguments: [true, false], ["message", "timer"])
    func eventSubProcesses(interrupting: Bool, by: String) throws {
        let definition = by == "message" ? M.onMessage("plain") : M.after("PT1H")
        var talk = try talk(
            "\(s)\(M.job("t"))\(e)\(M.flows("s", "t", "e"))\(eventSubProcess(definition, interrupting: interrupting))")
        if by == "message" { try talk.message("plain", nil, ["x": 1]) } else { try talk.wait(.seconds(3600)) }
        #expect(talk.jobs == (interrupting ? ["xt"] : ["t", "xt"]))
        if interrupting {
            #expect(talk.instance.messageSubscriptions.isEmpty)
        } else {
            try talk.done("t")
            #expect(!talk.instance.isEnded)
        }
        try talk.done("xt")
        #expect(talk.instance.isEnded)
    }

    @Test("Event sub-processes by error and escalation")
    func thrownIntoEventSubProcess() throws {
        var byError = try talk(
            "\(s)\(M.job("t"))\(e)\(M.flows("s", "t", "e"))\(eventSubProcess(onError(), interrupting: true))")
        try byError.refused("t", with: "E1")
        #expect(byError.jobs == ["xt"])
        // An error from within is not caught by the same event sub-process again.
        try byError.refused("xt", with: "E1")
        #expect(byError.instance.incidents.map(\.kind) == [.unhandledError])
        let thrown = "<intermediateThrowEvent id=\"th\">\(onEscalation())</intermediateThrowEvent>"
        let byEscalation = try talk(
            "\(s)\(thrown)\(M.job("t"))\(e)\(M.flows("s", "th", "t", "e"))\(eventSubProcess(onEscalation(), interrupting: false))"
        )
        #expect(byEscalation.jobs.sorted() == ["t", "xt"])
    }

    @Test("Message throw and end events are jobs")
    func messageThrow() throws {
        let definition =
            "<extensionElements><zeebe:taskDefinition type=\"send\"/></extensionElements>\(M.onMessage("plain"))"
        var talk = try talk(
            "\(s)<intermediateThrowEvent id=\"th\">\(definition)</intermediateThrowEvent>"
                + "<endEvent id=\"me\">\(definition)</endEvent>\(M.flows("s", "th", "me"))")
        try talk.done("send")
        try talk.done("send")
        #expect(talk.instance.endedAt == ["me"])
    }

    @Test("A process starts at its message start event")
    func messageStart() throws {
        let talk = try talk("<startEvent id=\"ms\">\(M.onMessage("plain"))</startEvent>\(e)\(M.flows("ms", "e"))")
        #expect(talk.instance.endedAt == ["e"])
    }

    // MARK: Compensation

    private let undo = "<intermediateThrowEvent id=\"undo\"><compensateEventDefinition/></intermediateThrowEvent>"

    @Test("Handlers run one by one in reverse order, each once, at throw and end events")
    func compensation() throws {
        var talk = try talk(
            "\(s)\(M.job("a"))\(M.compensated("a", by: "ua"))\(M.job("b"))\(M.compensated("b", by: "ub"))\(undo)"
                + "<endEvent id=\"again\"><compensateEventDefinition/></endEvent>\(M.flows("s", "a", "b", "undo", "again"))"
        )
        try talk.done("a")
        try talk.done("b")
        #expect(talk.jobs == ["ub"])
        try talk.done("ub")
        #expect(talk.jobs == ["ua"])
        try talk.done("ua")
        #expect(talk.instance.endedAt == ["again"])
    }

    @Test("Only one activity is undone when the event names it")
    func compensateOne() throws {
        let named =
            "<intermediateThrowEvent id=\"undo\"><compensateEventDefinition activityRef=\"a\"/></intermediateThrowEvent>"
        var talk = try talk(
            "\(s)\(M.job("a"))\(M.compensated("a", by: "ua"))\(M.job("b"))\(M.compensated("b", by: "ub"))\(named)\(e)"
                + M.flows("s", "a", "b", "undo", "e"))
        try talk.done("a")
        try talk.done("b")
        try talk.done("ua")
        #expect(talk.instance.isEnded)
    }

    @Test("Completed sub-processes, calls and iterations are undone from within, with their variables")
    func nestedCompensation() throws {
        let called =
            "<process id=\"q\">\(M.start("qs"))\(M.job("w"))\(M.compensated("w", by: "uw"))\(M.end("qe"))"
            + "\(M.flows("qs", "w", "qe"))</process>"
        let call = """
            <callActivity id="c"><extensionElements><zeebe:calledElement processId="q" propagateAllChildVariables="false" \
            propagateAllParentVariables="false"/></extensionElements><multiInstanceLoopCharacteristics><extensionElements>\
            <zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="i"/></extensionElements>\
            </multiInstanceLoopCharacteristics></callActivity>
            """
        let content =
            "\(s)\(M.job("a"))\(M.compensated("a", by: "ua"))<subProcess id=\"u\">\(M.start("us"))\(call)\(M.end("ue"))"
            + "\(M.flows("us", "c", "ue"))</subProcess>\(undo)\(e)\(M.flows("s", "a", "u", "undo", "e"))"
        var talk = try Conversation(try M.process(content, others: others + called), "p")
        try talk.done("a")
        try talk.done("w", where: "i", is: 2, ["proof": "two"])
        try talk.done("w", where: "i", is: 1)
        #expect(talk.instance.jobs.map(\.type) == ["uw"])
        #expect(talk.instance.jobs.first?.variables["i"] == 1)
        try talk.done("uw")
        #expect(talk.instance.jobs.first?.variables == ["i": 2, "proof": "two"])
        try talk.done("uw")
        try talk.done("ua")
        #expect(talk.instance.isEnded)
        #expect(talk.instance.variables["proof"] == nil)
    }

    @Test("What did not complete is not undone")
    func notCompleted() throws {
        var talk = try talk(
            "\(s)\(M.job("a"))\(M.compensated("a", by: "ua"))\(boundary("b", on: "a", onError()))\(undo)\(e)\(M.end("f"))"
                + "\(M.flows("s", "a", "e"))\(M.flows("b", "undo", "f"))")
        try talk.refused("a", with: "E1")
        #expect(talk.instance.endedAt == ["f"])
        #expect(talk.asked == ["a"])
    }

    @Test("A handler that fails is an incident; once repaired the rest is undone")
    func failingHandler() throws {
        var talk = try talk(
            "\(s)\(M.job("a"))\(M.compensated("a", by: "ua"))\(M.job("b"))\(M.compensated("b", by: "ub"))\(undo)\(e)"
                + M.flows("s", "a", "b", "undo", "e"))
        try talk.done("a")
        try talk.done("b")
        try talk.failed("ub")
        try talk.say(.resolveIncident(try #require(talk.instance.incidents.first?.key)))
        try talk.done("ub")
        try talk.done("ua")
        #expect(talk.instance.isEnded)
    }
}
