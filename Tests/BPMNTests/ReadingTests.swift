import BPMN
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Reading BPMN")
struct ReadingTests {
    static let files: [URL] = {
        let folder = Models.root.appending(path: "../shared/data/bpmn")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "bpmn" }
            .sorted { $0.path < $1.path }
    }()

    @Test(
        "Models of many modelers are read and drawn",
        .enabled(if: !ReadingTests.files.isEmpty, "no ../shared/data/bpmn here"))
    func corpus() throws {
        for file in Self.files {
            let name = file.lastPathComponent
            do {
                let model = try ProcessModel(xml: [UInt8](try Data(contentsOf: file)))
                #expect(!model.diagrams.isEmpty, "\(name)")
                let svg = try #require(DiagramDrawing.svg(of: model))
                #expect(svg.hasSuffix("</svg>"), "\(name)")
                #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(name)")
            } catch let error as LoadError {
                Issue.record("\(name): \(error)")
            }
        }
    }

    @Test(
        "A model of Camunda's modeler runs as it is",
        .enabled(if: !ReadingTests.files.isEmpty, "no ../shared/data/bpmn here"))
    func camunda() throws {
        let file = try #require(Self.files.first { $0.lastPathComponent == "order-zeebe.bpmn" })
        let model = try CompiledModel(try ProcessModel(xml: [UInt8](try Data(contentsOf: file))))
        var talk = try Conversation(
            model, "order-zeebe", ["order": .context(["orderId": "o1", "totalSum": 30]), "traceId": "t"])
        try talk.done("save-order-z")
        #expect(talk.instance.jobs.first?.variables["amount"] == 30)
        try talk.done("retrieve-payment-z")
        try talk.done("fetch-goods-z")
        try talk.done("ship-goods-z")
        #expect(talk.instance.isEnded)
    }

    @Test(
        "Every model is either compiled or refused with named elements",
        .enabled(if: !ReadingTests.files.isEmpty, "no ../shared/data/bpmn here"))
    func compiledOrRefused() throws {
        for file in Self.files {
            let model = try ProcessModel(xml: [UInt8](try Data(contentsOf: file)))
            do {
                let compiled = try CompiledModel(model)
                #expect(!compiled.processIDs.isEmpty)
            } catch {
                for problem in error.problems where problem.elementID == nil {
                    #expect(problem.message == "no process is executable", "\(file.lastPathComponent)")
                }
            }
        }
    }

    @Test("Any namespace prefix means the same", arguments: ["", "bpmn:", "semantic:", "x:"])
    func prefixes(prefix: String) throws {
        let declaration = prefix.isEmpty ? "xmlns" : "xmlns:\(prefix.dropLast())"
        let xml = """
            <?xml version="1.0"?>
            <\(prefix)definitions \(declaration)="http://www.omg.org/spec/BPMN/20100524/MODEL">
            <\(prefix)process id="p"><\(prefix)startEvent id="s"/><\(prefix)endEvent id="e"/>
            <\(prefix)sequenceFlow id="f" sourceRef="s" targetRef="e"/></\(prefix)process></\(prefix)definitions>
            """
        let model = try CompiledModel(try ProcessModel(xml: Array(xml.utf8)))
        #expect(model.processIDs == ["p"])
        let talk = try Conversation(model, "p")
        #expect(talk.instance.endedAt == ["e"])
    }

    @Test("The same name in another namespace is no BPMN")
    func foreignNamespace() {
        let error = #expect(throws: LoadError.self) {
            _ = try ProcessModel(xml: Array("<definitions xmlns=\"http://example.com\"/>".utf8))
        }
        #expect(error?.kind == .notBPMN)
    }

    @Test("Foreign extensions, lanes and data are tolerated")
    func tolerated() throws {
        let model = try Models.process(
            """
            <extensionElements><x:y xmlns:x="urn:x" id="s">text</x:y></extensionElements>
            <laneSet id="l"><lane id="l1" name="A"><flowNodeRef>s</flowNodeRef></lane></laneSet>
            <dataObject id="d"/><dataObjectReference id="dr" dataObjectRef="d" name="Papers"/>
            \(Models.start())\(Models.end())\(Models.flows("s", "e"))
            """)
        #expect(model.source.lanes.map(\.name) == ["A"])
        #expect(model.source.artifacts.map(\.text) == ["Papers"])
    }

    @Test(
        "What cannot be read is refused with its kind, element and line",
        arguments: [
            ("<process id=\"p\">", LoadError.Kind.malformed, nil),
            ("<process/>", .missingAttribute, nil),
            ("<process id=\"p\"><task id=\"p\"/></process>", .duplicateID, "p"),
            (
                "<process id=\"p\">\n<sequenceFlow id=\"f\" sourceRef=\"a\" targetRef=\"b\"/></process>",
                .danglingReference, "f"
            ),
            ("<process id=\"p\">\n<boundaryEvent id=\"b\" attachedToRef=\"t\"/></process>", .danglingReference, "b"),
            ("<process id=\"p\">\n<receiveTask id=\"r\" messageRef=\"m\"/></process>", .danglingReference, "r"),
            (
                "<process id=\"p\">\n<startEvent id=\"s\"><odd1EventDefinition/></startEvent></process>", .invalidValue,
                "s"
            ),
        ] as [(String, LoadError.Kind, String?)])
    func refusals(body: String, kind: LoadError.Kind, element: String?) {
        let error = #expect(throws: LoadError.self) { _ = try ProcessModel(xml: Models.xml(body)) }
        #expect(error?.kind == kind)
        #expect(error?.elementID == element)
        #expect(error?.line == (body.contains("\n") ? 2 : 1))
    }

    @Test("Document types and entities are refused before anything is expanded")
    func entities() {
        let bomb = "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<definitions>&b;</definitions>"
        let error = #expect(throws: LoadError.self) { _ = try ProcessModel(xml: Array(bomb.utf8)) }
        #expect(error?.kind == .documentType)
        let unknown = #expect(throws: LoadError.self) {
            _ = try ProcessModel(xml: Models.xml("<process id=\"p\">&nope;</process>"))
        }
        #expect(unknown?.kind == .malformed)
    }

    @Test("Size and depth are limited", arguments: [-1, 0, 1])
    func limits(offset: Int) throws {
        let bytes = Models.xml("<process id=\"p\"><task id=\"t\"/></process>")
        let bySize = Result { try ProcessModel(xml: bytes, limits: ReadLimits(bytes: bytes.count + offset)) }
        let byDepth = Result { try ProcessModel(xml: bytes, limits: ReadLimits(depth: 3 + offset)) }
        if offset >= 0 {
            #expect(try bySize.get().nodes.count == 1)
            #expect(try byDepth.get().nodes.count == 1)
        } else {
            #expect(throws: LoadError.self) { try bySize.get() }
            #expect(throws: LoadError.self) { try byDepth.get() }
        }
    }

    @Test("Every cut-off document is refused, none crashes")
    func truncated() throws {
        let bytes = try Models.bytes("processes/order-fulfillment.bpmn")
        for length in stride(from: 0, to: bytes.count - 2, by: 997) {
            #expect(throws: LoadError.self) { _ = try ProcessModel(xml: Array(bytes[..<length])) }
        }
    }

    @Test("Bytes that are no text are refused", arguments: [[0xC3], [0xFF], [0xED, 0xA0, 0x80], [0x00]] as [[UInt8]])
    func invalidText(bytes: [UInt8]) {
        for place in ["<process id=\"§\"/>", "<§process id=\"p\"/>", "<process id=\"p\">§</process>"] {
            let parts = Models.xml(place).split(separator: Array("§".utf8), maxSplits: 1)
            let document = Array(parts[0]) + bytes + Array(parts[1])
            let error = #expect(throws: LoadError.self) { _ = try ProcessModel(xml: document) }
            #expect(error?.kind == .malformed)
        }
    }
}
