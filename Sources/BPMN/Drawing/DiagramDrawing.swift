/// Draws a process model by its diagram interchange as one SVG.
///
/// The picture scales, has a title, stands on light and dark backgrounds (all colors are `currentColor` or the custom
/// properties `--bpmn-*`, with fallbacks), and every element is a `<g id="el-…" class="bpmn-…">`, so that a page can
/// update it in place.
///
/// - Source: BPMN 2.0.2, clause 12.3 (notation); the shapes of the events and markers are those of the standard.
public struct DiagramDrawing: Sendable {
    /// What is shown on top of the model.
    public struct Overlay: Sendable {
        /// A badge with a number at an element; zero shows none.
        public var counts: [String: Int]
        /// Elements where a token is.
        public var tokens: Set<String>
        public var completed: Set<String>

        public init(counts: [String: Int] = [:], tokens: Set<String> = [], completed: Set<String> = []) {
            self.counts = counts
            self.tokens = tokens
            self.completed = completed
        }
    }

    let model: ProcessModel
    let overlay: Overlay
    var svg = ""

    /// - Parameters:
    ///   - diagram: which diagram of the model; the first by default.
    ///   - title: read out by screen readers and shown as a tooltip.
    /// - Returns: an SVG element without XML declaration, to be put into a page or a file; `nil` when the model has no
    ///   such diagram.
    /// - Complexity: O(n) in shapes, edges and label text.
    public static func svg(
        of model: ProcessModel, diagram: Int = 0, title: String = "", overlay: Overlay = Overlay()
    ) -> String? {
        guard model.diagrams.indices.contains(diagram) else { return nil }
        var drawing = DiagramDrawing(model: model, overlay: overlay)
        drawing.draw(model.diagrams[diagram], title: title.isEmpty ? model.name : title)
        return drawing.svg
    }

    private init(model: ProcessModel, overlay: Overlay) {
        self.model = model
        self.overlay = overlay
    }

    private mutating func draw(_ diagram: Diagram, title: String) {
        let view = viewBox(of: diagram)
        svg = """
            <svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" aria-label="\(escaped(title))" \
            viewBox="\(n(view.x)) \(n(view.y)) \(n(view.width)) \(n(view.height))">\
            <title>\(escaped(title))</title>\(DiagramStyle.css)\(DiagramStyle.markers)
            """
        let nodes = Dictionary(model.nodes.map { ($0.id, $0) }) { first, _ in first }
        var names: [String: (text: String, kind: Frame)] = [:]
        for participant in model.participants { names[participant.id] = (participant.name, .pool) }
        for lane in model.lanes { names[lane.id] = (lane.name, .lane) }
        let artifacts = Dictionary(model.artifacts.map { ($0.id, $0) }) { first, _ in first }
        // Frames first, then containers from the outside in, edges, and whatever stands on them.
        for shape in diagram.shapes {
            if let (text, kind) = names[shape.element] { frame(shape, text, kind) }
        }
        for shape in diagram.shapes {
            if let node = nodes[shape.element], node.kind.isSubProcess, shape.isExpanded { activity(shape, node) }
        }
        for edge in diagram.edges { draw(edge) }
        for shape in diagram.shapes {
            if let node = nodes[shape.element], node.kind != .boundaryEvent {
                if !(node.kind.isSubProcess && shape.isExpanded) { draw(shape, node) }
            } else if let artifact = artifacts[shape.element] {
                draw(shape, artifact)
            }
        }
        for shape in diagram.shapes {
            if let node = nodes[shape.element], node.kind == .boundaryEvent { draw(shape, node) }
        }
        svg += "</svg>"
    }

    enum Frame { case pool, lane }

    private mutating func draw(_ shape: Diagram.Shape, _ node: FlowNode) {
        if node.kind.isEvent {
            event(shape, node)
        } else if node.kind.isGateway {
            gateway(shape, node)
        } else {
            activity(shape, node)
        }
    }

    private func viewBox(of diagram: Diagram) -> Diagram.Bounds {
        var left = Double.infinity
        var top = Double.infinity
        var right = -Double.infinity
        var bottom = -Double.infinity
        func include(_ x: Double, _ y: Double) {
            left = min(left, x)
            top = min(top, y)
            right = max(right, x)
            bottom = max(bottom, y)
        }
        func include(_ bounds: Diagram.Bounds?) {
            guard let bounds else { return }
            include(bounds.x, bounds.y)
            include(bounds.x + bounds.width, bounds.y + bounds.height)
        }
        for shape in diagram.shapes {
            include(shape.bounds)
            include(shape.label)
        }
        for edge in diagram.edges {
            for point in edge.waypoints { include(point.x, point.y) }
            include(edge.label)
        }
        guard left.isFinite else { return Diagram.Bounds(x: 0, y: 0, width: 100, height: 100) }
        return Diagram.Bounds(x: left - 12, y: top - 12, width: right - left + 24, height: bottom - top + 24)
    }

    // MARK: Groups

    /// Opens the group of an element: class by kind, and by what the overlay says.
    mutating func open(_ id: String, _ kind: String, label: String) {
        var classes = "bpmn-\(kind)"
        if overlay.completed.contains(id) { classes += " bpmn-completed" }
        if overlay.tokens.contains(id) { classes += " bpmn-token" }
        svg += "<g id=\"el-\(escaped(id))\" class=\"\(classes)\">"
        if !label.isEmpty { svg += "<title>\(escaped(label))</title>" }
    }

    /// Closes the group with its badge. The badge is always there, empty and hidden without a count, for live updates.
    mutating func close(_ id: String, badgeAt corner: (x: Double, y: Double)) {
        let count = overlay.counts[id] ?? 0
        let hidden = count == 0 ? " visibility=\"hidden\"" : ""
        svg += """
            <g class="bpmn-badge"\(hidden)><rect x="\(n(corner.x - 20))" y="\(n(corner.y - 12))" width="40" height="24" \
            rx="12"/><text x="\(n(corner.x))" y="\(n(corner.y + 5.5))">\(count == 0 ? "" : String(count))</text></g></g>
            """
    }

    // MARK: Text

    func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar.value < 32 ? " " : scalar)
            }
        }
        return result
    }

    /// A coordinate with at most one decimal: `12`, `12.5`.
    func n(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }

    /// Lines of wrapped text around a middle, or from a top.
    mutating func text(
        _ text: String, x: Double, y: Double, width: Double, centered: Bool, anchor: String = "middle",
        size: Double = 13
    ) {
        let lines = LabelWrapping.lines(text, width: width, size: size)
        guard !lines.isEmpty else { return }
        let height = size * 1.2
        var baseline = centered ? y - Double(lines.count - 1) * height / 2 + size * 0.35 : y + size * 0.85
        svg += "<text class=\"bpmn-label\" text-anchor=\"\(anchor)\" font-size=\"\(n(size))\">"
        for line in lines {
            svg += "<tspan x=\"\(n(x))\" y=\"\(n(baseline))\">\(escaped(line))</tspan>"
            baseline += height
        }
        svg += "</text>"
    }
}
