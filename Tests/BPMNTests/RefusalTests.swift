import BPMN
import Testing

@Suite("What the engine refuses at load")
struct RefusalTests {
    private static let s = Models.start()
    private static let e = Models.end()

    @Test(
        "Elements that cannot be executed are named",
        arguments: [
            ("<complexGateway id=\"x\"/>", "complexGateway"), ("<transaction id=\"x\"/>", "transaction"),
            ("<adHocSubProcess id=\"x\"/>", "adHocSubProcess"),
            ("<eventBasedGateway id=\"x\" eventGatewayType=\"Parallel\"/>", "eventBasedGateway"),
            ("<intermediateCatchEvent id=\"x\"><signalEventDefinition/></intermediateCatchEvent>", "signal"),
            ("<intermediateCatchEvent id=\"x\"><conditionalEventDefinition/></intermediateCatchEvent>", "conditional"),
            ("<endEvent id=\"x\"><cancelEventDefinition/></endEvent>", "cancel"),
            ("<intermediateThrowEvent id=\"x\"><timerEventDefinition/></intermediateThrowEvent>", "timer"),
            ("<task id=\"x\"><standardLoopCharacteristics/></task>", "standard loop"),
            (
                "<startEvent id=\"x\"><escalationEventDefinition/></startEvent>", "escalation"
            ),
            (
                "<endEvent id=\"x\"><terminateEventDefinition/><compensateEventDefinition/></endEvent>",
                "2 event definitions"
            ),
        ])
    func unsupported(element: String, kind: String) {
        let refusal = #expect(throws: ModelRefused.self) {
            _ = try Models.process("\(Self.s)\(element)\(Self.e)\(Models.flows("s", "e"))")
        }
        let problem = refusal?.problems.first { $0.kind == .unsupported }
        #expect(problem?.elementID == "x")
        #expect(problem?.message.contains(kind) == true, "\(String(describing: problem))")
    }

    @Test(
        "Structures that do not fit together are named",
        arguments: [
            ("no start", "\(e)", "p"),
            ("two starts", "\(s)\(Models.start("x"))\(e)\(Models.flows("s", "e"))\(Models.flows("x", "e"))", "x"),
            ("unreachable", "\(s)\(e)<task id=\"x\"/>\(Models.flows("s", "e"))", "x"),
            ("out of the end", "\(s)\(Models.end("x"))\(e)\(Models.flows("s", "x", "e"))", "x"),
            ("into the start", "\(Models.start("x"))<task id=\"t\"/>\(Models.flows("x", "t", "x"))", "x"),
            ("no job type", "\(s)<serviceTask id=\"x\"/>\(e)\(Models.flows("s", "x", "e"))", "x"),
            ("no message", "\(s)<receiveTask id=\"x\"/>\(e)\(Models.flows("s", "x", "e"))", "x"),
            (
                "no condition",
                "\(s)<exclusiveGateway id=\"x\"/>\(e)\(Models.end("f"))\(Models.flows("s", "x", "e"))\(Models.flow("x", "f"))",
                "x"
            ),
            (
                "foreign default",
                "\(s)<task id=\"x\" default=\"s-x\"/>\(e)\(Models.flows("s", "x", "e"))", "x"
            ),
            (
                "bad timer",
                "\(s)<intermediateCatchEvent id=\"x\">\(Models.after("an hour"))</intermediateCatchEvent>\(e)"
                    + Models.flows("s", "x", "e"), "x"
            ),
            ("unknown call", "\(s)<callActivity id=\"x\" calledElement=\"q\"/>\(e)\(Models.flows("s", "x", "e"))", "x"),
            (
                "handler of nobody",
                "\(s)\(Models.job("x", "", "isForCompensation=\"true\""))\(e)\(Models.flows("s", "e"))", "x"
            ),
            (
                "compensation without handler",
                "\(s)\(Models.job("t"))<boundaryEvent id=\"x\" attachedToRef=\"t\"><compensateEventDefinition/></boundaryEvent>"
                    + "\(e)\(Models.flows("s", "t", "e"))", "x"
            ),
            (
                "boundary on a gateway",
                "\(s)<parallelGateway id=\"g\"/><boundaryEvent id=\"x\" attachedToRef=\"g\">\(Models.after("PT1S"))</boundaryEvent>"
                    + "\(e)\(Models.flows("s", "g", "e"))\(Models.flow("x", "e"))", "x"
            ),
            (
                "event gateway to a task",
                "\(s)<eventBasedGateway id=\"g\"/><task id=\"x\"/><task id=\"y\"/>\(e)\(Models.flows("s", "g", "x", "e"))"
                    + Models.flows("g", "y", "e"), "g"
            ),
            (
                "flow across a border",
                "\(s)<subProcess id=\"u\">\(Models.start("us"))<task id=\"y\"/>\(Models.flows("us", "y"))</subProcess>\(e)"
                    + "\(Models.flows("s", "u", "e"))<sequenceFlow id=\"x\" sourceRef=\"y\" targetRef=\"e\"/>", "x"
            ),
            (
                "error end without code",
                "\(s)<endEvent id=\"x\"><errorEventDefinition/></endEvent>\(Models.flows("s", "x"))", "x"
            ),
        ])
    func structure(what: String, content: String, element: String) {
        let refusal = #expect(throws: ModelRefused.self, "\(what)") { _ = try Models.process(content) }
        #expect(
            refusal?.problems.contains { $0.kind == .structure && $0.elementID == element } == true,
            "\(what): \(String(describing: refusal))")
    }

    @Test("Expressions are parsed at load")
    func expressions() {
        let refusal = #expect(throws: ModelRefused.self) {
            _ = try Models.process(
                "\(Self.s)<exclusiveGateway id=\"g\"/>\(Self.e)\(Models.end("f"))\(Models.flow("s", "g"))"
                    + "\(Models.flow("g", "e", "=a &gt;"))\(Models.flow("g", "f", "${a}"))")
        }
        #expect(refusal?.problems.map(\.elementID) == ["g-e", "g-f"])
        #expect(refusal?.problems.allSatisfy { $0.kind == .expression } == true)
    }

    @Test("A document without an executable process is drawn, not run")
    func notExecutable() throws {
        let model = try ProcessModel(
            xml: Models.xml("<process id=\"p\" isExecutable=\"false\"><complexGateway id=\"x\"/></process>"))
        #expect(model.nodes.count == 1)
        #expect(throws: ModelRefused.self) { _ = try CompiledModel(model) }
    }
}
