import BPMN
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Drawing")
struct DrawingTests {
    private func model() throws -> ProcessModel {
        try ProcessModel(xml: try Models.bytes("processes/order-fulfillment.bpmn"))
    }

    @Test("Every shape and edge of the order process becomes a group of its own, in well-formed SVG")
    func allElements() throws {
        let model = try model()
        let svg = try #require(DiagramDrawing.svg(of: model, title: "Order"))
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse())
        let elements = model.nodes.map(\.id) + model.flows.map(\.id) + model.artifacts.map(\.id)
        for id in elements { #expect(svg.contains("<g id=\"el-\(id)\" "), "\(id)") }
        #expect(svg.contains("role=\"img\"") && svg.contains("<title>Order</title>"))
        if let path = ProcessInfo.processInfo.environment["BPMN_SVG_OUT"] {
            try svg.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    @Test("Counts, tokens and completed elements are shown where they are")
    func overlay() throws {
        let svg = try #require(
            DiagramDrawing.svg(
                of: try model(),
                overlay: .init(
                    counts: ["reserve-stock": 12], tokens: ["authorize-payment"], completed: ["order-placed"])))
        #expect(svg.contains("id=\"el-authorize-payment\" class=\"bpmn-service-task bpmn-token\""))
        #expect(svg.contains("id=\"el-order-placed\" class=\"bpmn-start-event bpmn-completed\""))
        #expect(svg.contains(">12</text>"))
    }

    @Test("Names cannot break out of the picture")
    func escaping() throws {
        let xml = """
            <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" \
            xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
            <process id="p"><task id="t" name="&lt;script&gt;&quot;&apos;&amp;"/></process>
            <di:BPMNDiagram><di:BPMNPlane><di:BPMNShape bpmnElement="t">
            <dc:Bounds x="0" y="0" width="100" height="80"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>
            </definitions>
            """
        let svg = try #require(DiagramDrawing.svg(of: try ProcessModel(xml: Array(xml.utf8)), title: "<b>"))
        #expect(svg.contains("&lt;script&gt;&quot;&#39;&amp;"))
        #expect(!svg.contains("<script") && !svg.contains("<b>"))
        #expect(XMLParser(data: Data(svg.utf8)).parse())
    }

    @Test("A model without a diagram has no picture")
    func noDiagram() throws {
        let model = try ProcessModel(xml: Models.xml("<process id=\"p\"/>"))
        #expect(DiagramDrawing.svg(of: model) == nil)
    }
}
