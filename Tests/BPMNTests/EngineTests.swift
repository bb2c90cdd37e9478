import BPMN
import Kernel
import Testing

/// What the engine does with each kind of element, in processes that hold nothing else.
@Suite("Engine: activities and gateways")
struct EngineTests {
    typealias M = Models
    private let s = Models.start()
    private let e = Models.end()

    @Test("A job waits; completing it writes its variables and goes on")
    func job() throws {
        var talk = try Conversation(try M.process("\(s)\(M.job("t"))\(e)\(M.flows("s", "t", "e"))"), "p", ["a": 1])
        #expect(talk.instance.jobs.first?.variables == ["a": 1])
        #expect(talk.instance.tokens == ["p": 1, "t": 1])
        try talk.done("t", ["b": 2])
        #expect(talk.instance.variables == ["a": 1, "b": 2])
        #expect(talk.instance.isEnded && talk.instance.endedAt == ["e"])
        #expect(talk.instance.completedElements == ["p", "s", "t", "e"])
    }

    @Test("Inputs of ended instances, and for jobs that are gone, are rejected")
    func rejections() throws {
        var talk = try Conversation(try M.process("\(s)\(M.job("t"))\(e)\(M.flows("s", "t", "e"))"), "p")
        let job = try #require(talk.instance.jobs.first)
        #expect(throws: EngineRejection.unknownJob(JobKey(rawValue: 99))) {
            try talk.say(.completeJob(JobKey(rawValue: 99), variables: [:]))
        }
        #expect(throws: EngineRejection.unknownIncident(IncidentKey(rawValue: job.key.rawValue))) {
            try talk.say(.resolveIncident(IncidentKey(rawValue: job.key.rawValue)))
        }
        #expect(throws: EngineRejection.noSubscription(name: "m", key: nil)) { try talk.message("m") }
        try talk.done("t")
        #expect(throws: EngineRejection.instanceEnded) { try talk.say(.completeJob(job.key, variables: [:])) }
    }

    @Test("All task kinds: jobs, scripts and such that pass")
    func taskKinds() throws {
        let definition = "<extensionElements><zeebe:taskDefinition type=\"w\"/></extensionElements>"
        let tasks = """
            <sendTask id="a">\(definition)</sendTask><businessRuleTask id="b">\(definition)</businessRuleTask>\
            <scriptTask id="c"><extensionElements><zeebe:script expression="=1 + 1" resultVariable="x"/></extensionElements>\
            </scriptTask><manualTask id="d"/><task id="f"/><userTask id="g"/>
            """
        var talk = try Conversation(
            try M.process("\(s)\(tasks)\(e)\(M.flows("s", "a", "b", "c", "d", "f", "g", "e"))"), "p")
        try talk.done("w")
        try talk.done("w")
        #expect(talk.instance.variables == ["x": 2])
        try talk.done("io.camunda.zeebe:userTask")
        #expect(talk.instance.isEnded)
    }

    @Test("Input and output mappings")
    func mappings() throws {
        let task = """
            <serviceTask id="t"><extensionElements><zeebe:taskDefinition type="t"/><zeebe:taskHeaders>\
            <zeebe:header key="k" value="v"/></zeebe:taskHeaders><zeebe:ioMapping>\
            <zeebe:input source="=order.total" target="amount"/><zeebe:input source="plain" target="text"/>\
            <zeebe:output source="=amount + paid" target="sum"/></zeebe:ioMapping></extensionElements></serviceTask>
            """
        var talk = try Conversation(
            try M.process("\(s)\(task)\(e)\(M.flows("s", "t", "e"))"), "p", ["order": .context(["total": 5])])
        let job = try #require(talk.instance.jobs.first)
        #expect(job.headers == ["k": "v"])
        #expect(job.variables["amount"] == 5 && job.variables["text"] == "plain")
        try talk.done("t", ["paid": 2])
        #expect(talk.instance.variables == ["order": .context(["total": 5]), "sum": 7])
    }

    @Test("A failed job is an incident; resolving it makes the job again")
    func incident() throws {
        var talk = try Conversation(try M.process("\(s)\(M.job("t"))\(e)\(M.flows("s", "t", "e"))"), "p")
        try talk.failed("t")
        #expect(talk.jobs.isEmpty)
        let incident = try #require(talk.instance.incidents.first)
        #expect(incident.kind == .jobFailed && incident.elementID == "t" && incident.message == "broken")
        try talk.say(.resolveIncident(incident.key))
        try talk.done("t")
        #expect(talk.instance.isEnded)
    }

    @Test("An expression without a usable value is an incident, repaired by setting the variable")
    func conditionIncident() throws {
        let content =
            "\(s)<exclusiveGateway id=\"g\"/>\(e)\(M.end("f"))\(M.flow("s", "g"))"
            + "\(M.flow("g", "e", "=a &gt; 1"))\(M.flow("g", "f", "=a &lt; 1"))"
        var talk = try Conversation(try M.process(content), "p")
        #expect(talk.instance.incidents.map(\.kind) == [.expression])
        try talk.say(.setVariables(["a": 1]))
        try talk.say(.resolveIncident(try #require(talk.instance.incidents.first?.key)))
        #expect(talk.instance.incidents.map(\.kind) == [.noFlow])
        try talk.say(.setVariables(["a": 0]))
        try talk.say(.resolveIncident(try #require(talk.instance.incidents.first?.key)))
        #expect(talk.instance.endedAt == ["f"])
    }

    @Test("A parallel gateway waits for all branches")
    func parallel() throws {
        let content =
            "\(s)<parallelGateway id=\"g\"/>\(M.job("a"))\(M.job("b"))<parallelGateway id=\"j\"/>\(M.job("c"))\(e)"
            + "\(M.flows("s", "g", "a", "j", "c", "e"))\(M.flows("g", "b", "j"))"
        var talk = try Conversation(try M.process(content), "p")
        #expect(talk.jobs == ["a", "b"])
        try talk.done("b")
        #expect(talk.jobs == ["a"])
        try talk.done("a")
        try talk.done("c")
        #expect(talk.instance.isEnded)
    }

    @Test(
        "An inclusive gateway takes all flows that hold and joins what was taken",
        arguments: [(1, ["a"]), (5, ["a", "b"]), (-1, ["c"])] as [(Int64, [String])])
    func inclusive(value: Int64, taken: [String]) throws {
        let content =
            "\(s)<inclusiveGateway id=\"g\" default=\"g-c\"/>\(M.job("a"))\(M.job("b"))\(M.job("c"))"
            + "<inclusiveGateway id=\"j\"/>\(M.job("z"))\(e)\(M.flow("s", "g"))\(M.flow("g", "a", "=x &gt; 0"))"
            + "\(M.flow("g", "b", "=x &gt; 2"))\(M.flow("g", "c"))"
            + "\(M.flows("a", "j", "z", "e"))\(M.flow("b", "j"))\(M.flow("c", "j"))"
        var talk = try Conversation(try M.process(content), "p", ["x": .integer(value)])
        #expect(talk.jobs == taken)
        for job in taken {
            #expect(!talk.jobs.contains("z"))
            try talk.done(job)
        }
        #expect(talk.jobs == ["z"])
        try talk.done("z")
        #expect(talk.instance.isEnded)
    }

    @Test("The first event decides an event-based gateway", arguments: ["message", "timer"])
    func eventGateway(first: String) throws {
        let content =
            "\(s)<eventBasedGateway id=\"g\"/>"
            + "<intermediateCatchEvent id=\"m\">\(M.onMessage("hello"))</intermediateCatchEvent>"
            + "<intermediateCatchEvent id=\"t\">\(M.after("PT1H"))</intermediateCatchEvent>\(e)\(M.end("f"))"
            + "\(M.flows("s", "g", "m", "e"))\(M.flows("g", "t", "f"))"
        var talk = try Conversation(try M.process(content, others: M.message("hello")), "p")
        #expect(talk.instance.messageSubscriptions.map(\.name) == ["hello"])
        if first == "message" { try talk.message("hello", nil, ["x": 1]) } else { try talk.wait(.seconds(3600)) }
        #expect(talk.instance.endedAt == [first == "message" ? "e" : "f"])
        #expect(talk.instance.variables["x"] == (first == "message" ? 1 : nil))
    }

    @Test("A conditional flow out of a task, with a default")
    func conditionalFlow() throws {
        let content =
            "\(s)<task id=\"t\" default=\"t-f\"/>\(e)\(M.end("f"))\(M.flow("s", "t"))\(M.flow("t", "e", "=x"))"
            + M.flow("t", "f")
        #expect(try Conversation(try M.process(content), "p", ["x": true]).instance.endedAt == ["e"])
        #expect(try Conversation(try M.process(content), "p", ["x": false]).instance.endedAt == ["f"])
    }

    @Test("Links jump within their process")
    func link() throws {
        let content =
            "\(s)<intermediateThrowEvent id=\"out\"><linkEventDefinition name=\"L\"/></intermediateThrowEvent>"
            + "<intermediateCatchEvent id=\"in\"><linkEventDefinition name=\"L\"/></intermediateCatchEvent>\(e)"
            + "\(M.flows("s", "out"))\(M.flows("in", "e"))"
        #expect(try Conversation(try M.process(content), "p").instance.endedAt == ["e"])
    }

    @Test("A loop without a wait becomes an incident instead of hanging")
    func endless() throws {
        let content = "\(s)<exclusiveGateway id=\"g\"/><task id=\"t\"/>\(M.flows("s", "g", "t", "g"))"
        var talk = try Conversation(try M.process(content), "p")
        #expect(talk.instance.incidents.map(\.kind) == [.endlessLoop])
        try talk.say(.resolveIncident(try #require(talk.instance.incidents.first?.key)))
        #expect(talk.instance.incidents.map(\.kind) == [.endlessLoop])
        try talk.say(.terminate)
        #expect(talk.instance.isTerminated)
    }

    @Test("Terminate from outside cancels jobs")
    func terminate() throws {
        var talk = try Conversation(try M.process("\(s)\(M.job("t"))\(e)\(M.flows("s", "t", "e"))"), "p", ["a": 1])
        try talk.say(.terminate)
        #expect(talk.cancelled == ["t"])
        #expect(talk.outputs.last == .terminated)
        #expect(talk.instance.variables == ["a": 1])
    }

    // MARK: Multi-instance

    private func loop(_ attributes: String, sequential: Bool, extra: String = "") -> String {
        "<multiInstanceLoopCharacteristics isSequential=\"\(sequential)\"><extensionElements>"
            + "<zeebe:loopCharacteristics \(attributes)/></extensionElements>\(extra)</multiInstanceLoopCharacteristics>"
    }

    @Test("Parallel multi-instance collects its outputs in the order of the items")
    func parallelLoop() throws {
        let inner = loop(
            "inputCollection=\"=items\" inputElement=\"i\" outputCollection=\"out\" outputElement=\"=i * 10\"",
            sequential: false)
        var talk = try Conversation(
            try M.process("\(s)\(M.job("t", inner))\(e)\(M.flows("s", "t", "e"))"), "p", ["items": [1, 2, 3]])
        #expect(talk.instance.jobs.map { $0.variables["loopCounter"] } == [1, 2, 3])
        try talk.done("t", where: "i", is: 3)
        try talk.done("t", where: "i", is: 1)
        try talk.done("t", where: "i", is: 2)
        #expect(talk.instance.variables["out"] == [10, 20, 30])
        #expect(talk.instance.isEnded)
    }

    @Test("Sequential multi-instance: one after the other, until the condition holds")
    func sequentialLoop() throws {
        let inner = loop(
            "inputCollection=\"=items\" inputElement=\"i\"", sequential: true,
            extra: "<completionCondition>=numberOfCompletedInstances = 2</completionCondition>")
        var talk = try Conversation(
            try M.process("\(s)\(M.job("t", inner))\(e)\(M.flows("s", "t", "e"))"), "p", ["items": [1, 2, 3]])
        #expect(talk.instance.jobs.map { $0.variables["i"] } == [1])
        try talk.done("t")
        #expect(talk.instance.jobs.map { $0.variables["i"] } == [2])
        try talk.done("t")
        #expect(talk.instance.isEnded)
    }

    @Test("No items: nothing to do. No list: an incident", arguments: [true, false])
    func emptyLoop(isList: Bool) throws {
        let inner = loop("inputCollection=\"=items\"", sequential: false)
        let talk = try Conversation(
            try M.process("\(s)\(M.job("t", inner))\(e)\(M.flows("s", "t", "e"))"), "p", isList ? ["items": []] : [:])
        #expect(talk.instance.isEnded == isList)
        #expect(talk.instance.incidents.map(\.kind) == (isList ? [] : [.expression]))
    }

    @Test("A multi-instance sub-process repeats by cardinality; items that need no wait do not overflow the stack")
    func cardinality() throws {
        let inner =
            "<multiInstanceLoopCharacteristics isSequential=\"true\"><loopCardinality>5000</loopCardinality>"
            + "</multiInstanceLoopCharacteristics>"
        let talk = try Conversation(
            try M.process("\(s)<task id=\"t\">\(inner)</task>\(e)\(M.flows("s", "t", "e"))"), "p")
        #expect(talk.instance.isEnded)
    }

    // MARK: Calls

    @Test("A called process has its own variables and returns them")
    func call() throws {
        let called =
            "<process id=\"q\">\(M.start("qs"))\(M.job("w"))\(M.end("qe"))\(M.flows("qs", "w", "qe"))</process>"
        let content = "\(s)<callActivity id=\"c\" calledElement=\"q\"/>\(e)\(M.flows("s", "c", "e"))"
        var talk = try Conversation(try M.process(content, others: called), "p", ["a": 1])
        #expect(talk.instance.jobs.first?.variables == ["a": 1])
        try talk.done("w", ["a": 2, "b": 3])
        #expect(talk.instance.variables == ["a": 2, "b": 3])
        #expect(talk.instance.endedAt == ["e"])
    }

    @Test("A process that calls itself ends where its condition says, or at a depth that is an incident")
    func recursion() throws {
        func model(_ condition: String) throws -> CompiledModel {
            try M.process(
                "\(s)<exclusiveGateway id=\"g\" default=\"g-e\"/><callActivity id=\"c\"><extensionElements>"
                    + "<zeebe:calledElement processId=\"p\"/><zeebe:ioMapping><zeebe:input source=\"=n - 1\" target=\"n\"/>"
                    + "<zeebe:output source=\"=depth + 1\" target=\"depth\"/></zeebe:ioMapping></extensionElements>"
                    + "</callActivity>\(e)\(M.end("f"))"
                    + "\(M.flow("s", "g"))\(M.flow("g", "c", condition))\(M.flow("g", "e"))\(M.flow("c", "f"))")
        }
        let talk = try Conversation(try model("=n &gt; 0"), "p", ["n": 5, "depth": 0])
        #expect(talk.instance.isEnded && talk.instance.variables["depth"] == 5)
        let endless = try Conversation(try model("=true"), "p", ["n": 5, "depth": 0])
        #expect(endless.instance.incidents.map(\.kind) == [.callDepth])
    }
}
