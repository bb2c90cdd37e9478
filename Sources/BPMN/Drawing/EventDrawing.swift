/// Events: a circle by position, an icon by trigger; throwing events have filled icons.
///
/// - Source: BPMN 2.0.2, table 10.93.
extension DiagramDrawing {
    mutating func event(_ shape: Diagram.Shape, _ node: FlowNode) {
        let b = shape.bounds
        let (cx, cy) = (b.x + b.width / 2, b.y + b.height / 2)
        let radius = min(b.width, b.height) / 2
        let definition = node.events.first?.kind
        open(
            node.id, DiagramDrawing.className(node.kind),
            label: node.name.isEmpty ? definition?.rawValue ?? "" : node.name)
        let dashed = node.isInterrupting ? "" : " d"
        let thick = node.kind == .endEvent ? " t" : ""
        svg += "<circle class=\"s\(thick)\(dashed)\" cx=\"\(n(cx))\" cy=\"\(n(cy))\" r=\"\(n(radius))\"/>"
        if node.kind != .startEvent, node.kind != .endEvent {
            svg += "<circle class=\"l\(dashed)\" cx=\"\(n(cx))\" cy=\"\(n(cy))\" r=\"\(n(radius - 3.5))\"/>"
        }
        let isThrown = node.kind == .endEvent || node.kind == .intermediateThrowEvent
        if let definition {
            icon(
                DiagramIcons.event(definition, filled: isThrown), at: (cx - 8, cy - 8),
                filled: isThrown && definition != .timer)
        }
        label(shape, node.name)
        close(node.id, badgeAt: (cx + radius, cy - radius + 2))
    }
}

/// Paths within 16 × 16.
enum DiagramIcons {
    static func event(_ kind: EventDefinition.Kind, filled: Bool) -> String {
        switch kind {
        case .message:
            // The flap of a filled envelope is left open, or it could not be seen.
            return filled ? "M1 3h14L8 8zM1 5.2v7.8h14V5.2L8 10z" : "M1 3h14v10H1zM1 3l7 5.5L15 3"
        case .timer: return "M8 1a7 7 0 1 1 0 14a7 7 0 1 1 0-14zM8 4v4.5l3 1.5"
        case .error: return "M2 14 6 3l4 6 4-7-4 12-4-6z"
        case .escalation: return "M8 1.5 13 14 8 9.5 3 14z"
        case .signal: return "M8 2 14.5 13h-13z"
        case .compensate: return "M8 3v10L1.5 8zM14.5 3v10L8 8z"
        case .conditional: return "M3 2h10v12H3zM5 5h6M5 8h6M5 11h6"
        case .link: return "M2 6h7V3l5 5-5 5v-3H2z"
        case .terminate: return "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z"
        case .cancel: return "M3 5l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z"
        }
    }

    static func task(_ kind: FlowNodeKind) -> String? {
        switch kind {
        case .serviceTask:
            return
                "M8 5.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 1 1 0-5.6zM8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.5 1.5M11.5 11.5 13 13"
                + "M13 3l-1.5 1.5M4.5 11.5 3 13"
        case .userTask: return "M8 2a3 3 0 1 1 0 6a3 3 0 1 1 0-6zM2 15v-2c0-3 3-4 6-4s6 1 6 4v2z"
        case .sendTask, .receiveTask: return "M1 3h14v10H1zM1 3l7 5.5L15 3"
        case .manualTask: return "M1 7l5-4h3L7 6h7v2H8v1h5v2H8v1h3.500v2H4L1 12z"
        case .businessRuleTask: return "M1 3h14v10H1zM1 6h14M1 9.500h14M5 6v7"
        case .scriptTask: return "M4 2h9c-4 4 2 8-2 12H2c4-4-2-8 2-12zM5 5h5M5 8h5M5 11h5"
        default: return nil
        }
    }
}
