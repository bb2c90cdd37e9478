/// Diagram interchange: shapes with bounds, edges with waypoints, labels.
extension ModelReader {
    mutating func readDiagrams(_ root: XMLNode) throws(LoadError) {
        for node in root.elements("BPMNDiagram", in: BPMNNamespace.diagram) {
            var diagram = Diagram(id: node.attributes["id"] ?? "", name: node.attributes["name"] ?? "")
            for plane in node.elements("BPMNPlane", in: BPMNNamespace.diagram) {
                for child in plane.children where child.namespace == BPMNNamespace.diagram {
                    if child.name == "BPMNShape" { try readShape(child, into: &diagram) }
                    if child.name == "BPMNEdge" { try readEdge(child, into: &diagram) }
                }
            }
            model.diagrams.append(diagram)
        }
    }

    private func readShape(_ node: XMLNode, into diagram: inout Diagram) throws(LoadError) {
        guard let element = try element(of: node) else { return }
        guard let bounds = try bounds(of: node) else {
            throw LoadError(.missingAttribute, element: element, line: node.line, "shape of '\(element)' has no bounds")
        }
        diagram.shapes.append(
            Diagram.Shape(
                element: element, bounds: bounds, isHorizontal: node.flag("isHorizontal", default: true),
                isExpanded: node.flag("isExpanded", default: false), label: try label(of: node)))
    }

    private func readEdge(_ node: XMLNode, into diagram: inout Diagram) throws(LoadError) {
        guard let element = try element(of: node) else { return }
        var points: [Diagram.Point] = []
        for point in node.children where point.name == "waypoint" {
            points.append(Diagram.Point(x: try number("x", of: point), y: try number("y", of: point)))
        }
        guard points.count >= 2 else {
            throw LoadError(
                .missingAttribute, element: element, line: node.line, "edge of '\(element)' has no two waypoints")
        }
        diagram.edges.append(Diagram.Edge(element: element, waypoints: points, label: try label(of: node)))
    }

    /// `nil` when nothing is referred to: some modelers leave such shapes behind.
    private func element(of node: XMLNode) throws(LoadError) -> String? {
        guard let reference = node.attributes["bpmnElement"] else { return nil }
        let id = resolve(reference)
        guard ids[id] != nil else {
            throw LoadError(
                .danglingReference, element: node.attributes["id"], line: node.line,
                "bpmnElement of '\(node.attributes["id"] ?? "")' names '\(reference)', which does not exist")
        }
        return id
    }

    private func label(of node: XMLNode) throws(LoadError) -> Diagram.Bounds? {
        guard let label = node.first("BPMNLabel", in: BPMNNamespace.diagram) else { return nil }
        return try bounds(of: label)
    }

    private func bounds(of node: XMLNode) throws(LoadError) -> Diagram.Bounds? {
        guard let bounds = node.children.first(where: { $0.name == "Bounds" }) else { return nil }
        return Diagram.Bounds(
            x: try number("x", of: bounds), y: try number("y", of: bounds), width: try number("width", of: bounds),
            height: try number("height", of: bounds))
    }

    private func number(_ attribute: String, of node: XMLNode) throws(LoadError) -> Double {
        let text = try require(attribute, of: node)
        guard let value = Double(text), value.isFinite, abs(value) < 1e6 else {
            throw LoadError(.invalidValue, line: node.line, "\(attribute) is '\(text)', not a coordinate")
        }
        return value
    }
}
