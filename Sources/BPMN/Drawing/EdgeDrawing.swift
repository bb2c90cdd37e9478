/// Flows and associations with their arrow heads and labels.
extension DiagramDrawing {
    mutating func draw(_ edge: Diagram.Edge) {
        var classes = "l"
        var kind = "flow"
        var start = ""
        var end = " marker-end=\"url(#bpmn-arrow)\""
        var name = ""
        if let flow = model.flows.first(where: { $0.id == edge.element }) {
            name = flow.name
            if model.nodes.contains(where: { $0.id == flow.source && $0.defaultFlow == flow.id }) {
                start = " marker-start=\"url(#bpmn-default)\""
            }
        } else if let connection = model.connections.first(where: { $0.id == edge.element }) {
            name = connection.name
            kind = DiagramDrawing.className(connection.kind)
            switch connection.kind {
            case .messageFlow:
                classes += " m"
                start = " marker-start=\"url(#bpmn-circle)\""
                end = " marker-end=\"url(#bpmn-message)\""
            case .association, .dataAssociation:
                classes += " a"
                end = connection.isDirected ? " marker-end=\"url(#bpmn-open)\"" : ""
            }
        }
        open(edge.element, kind, label: "")
        let points = edge.waypoints.map { "\(n($0.x)) \(n($0.y))" }.joined(separator: " ")
        svg += "<path class=\"\(classes)\"\(start)\(end) d=\"M\(points)\"/>"
        if !name.isEmpty {
            let middle = edge.waypoints[(edge.waypoints.count - 1) / 2]
            let next = edge.waypoints[(edge.waypoints.count - 1) / 2 + 1]
            let bounds =
                edge.label
                ?? Diagram.Bounds(
                    x: (middle.x + next.x) / 2 - 40, y: (middle.y + next.y) / 2 - 16, width: 80, height: 14)
            text(
                name, x: bounds.x + bounds.width / 2, y: bounds.y, width: max(bounds.width, 40) + 8, centered: false,
                size: 12)
        }
        svg += "</g>"
    }

    private static func className(_ kind: Connection.Kind) -> String {
        switch kind {
        case .messageFlow: "message-flow"
        case .association: "association"
        case .dataAssociation: "data-association"
        }
    }
}
