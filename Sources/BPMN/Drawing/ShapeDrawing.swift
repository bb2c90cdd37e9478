/// Frames, activities, gateways, data and annotations.
extension DiagramDrawing {
    mutating func frame(_ shape: Diagram.Shape, _ name: String, _ kind: Frame) {
        let b = shape.bounds
        open(shape.element, kind == .pool ? "pool" : "lane", label: "")
        svg += "<rect class=\"s\" x=\"\(n(b.x))\" y=\"\(n(b.y))\" width=\"\(n(b.width))\" height=\"\(n(b.height))\"/>"
        if shape.isHorizontal {
            if kind == .pool { svg += "<path class=\"l\" d=\"M\(n(b.x + 30)) \(n(b.y))v\(n(b.height))\"/>" }
            let x = b.x + 19.5
            let y = b.y + b.height / 2
            svg += "<text class=\"bpmn-label\" text-anchor=\"middle\" font-size=\"13\" x=\"\(n(x))\" y=\"\(n(y))\" "
            svg += "transform=\"rotate(-90 \(n(x)) \(n(y)))\">\(escaped(name))</text>"
        } else {
            if kind == .pool { svg += "<path class=\"l\" d=\"M\(n(b.x)) \(n(b.y + 30))h\(n(b.width))\"/>" }
            text(name, x: b.x + b.width / 2, y: b.y + 15, width: b.width - 10, centered: true, size: 13)
        }
        svg += "</g>"
    }

    mutating func activity(_ shape: Diagram.Shape, _ node: FlowNode) {
        let b = shape.bounds
        let kind = node.isTriggeredByEvent ? "event-sub-process" : DiagramDrawing.className(node.kind)
        open(node.id, kind, label: node.name)
        var classes = "s"
        if node.kind == .callActivity { classes += " t" }
        if node.isTriggeredByEvent { classes += " d" }
        svg += "<rect class=\"\(classes)\" x=\"\(n(b.x))\" y=\"\(n(b.y))\" width=\"\(n(b.width))\" "
        svg += "height=\"\(n(b.height))\" rx=\"10\"/>"
        if node.kind == .transaction {
            svg += "<rect class=\"l\" x=\"\(n(b.x + 3))\" y=\"\(n(b.y + 3))\" width=\"\(n(b.width - 6))\" "
            svg += "height=\"\(n(b.height - 6))\" rx=\"8\"/>"
        }
        let isOpen = node.kind.isSubProcess && shape.isExpanded
        if isOpen {
            text(node.name, x: b.x + b.width / 2, y: b.y + 7, width: b.width - 40, centered: false, size: 13)
        } else {
            text(node.name, x: b.x + b.width / 2, y: b.y + b.height / 2, width: b.width - 14, centered: true)
        }
        icon(DiagramIcons.task(node.kind), at: (b.x + 5, b.y + 5))
        var markers: [String] = []
        switch node.loop?.kind {
        case .parallel: markers.append("M3 2v12M8 2v12M13 2v12")
        case .sequential: markers.append("M2 3h12M2 8h12M2 13h12")
        case .standard: markers.append("M5 13a6 6 0 1 1 5 1M5 9v4h-4")
        case nil: break
        }
        if node.isForCompensation { markers.append("M8 3v10L2 8zM14 3v10L8 8z") }
        if node.kind.isSubProcess, !shape.isExpanded { markers.append("M1 1h14v14H1zM8 4v8M4 8h8") }
        if node.kind == .adHocSubProcess { markers.append("M1 10c3-6 5-6 7-2s4 4 7-2") }
        var x = b.x + b.width / 2 - Double(markers.count) * 10 + 2
        for marker in markers {
            icon(marker, at: (x, b.y + b.height - 19))
            x += 20
        }
        // Boundary events stand at the other corners.
        close(node.id, badgeAt: (b.x + 6, b.y - 4))
    }

    mutating func gateway(_ shape: Diagram.Shape, _ node: FlowNode) {
        let b = shape.bounds
        open(node.id, DiagramDrawing.className(node.kind), label: node.name)
        let (cx, cy) = (b.x + b.width / 2, b.y + b.height / 2)
        svg += "<path class=\"s\" d=\"M\(n(cx)) \(n(b.y)) \(n(b.x + b.width)) \(n(cy)) \(n(cx)) \(n(b.y + b.height)) "
        svg += "\(n(b.x)) \(n(cy))z\"/>"
        let path: String
        switch node.kind {
        case .exclusiveGateway: path = "M3 3 13 13M13 3 3 13"
        case .parallelGateway: path = "M8 0v16M0 8h16"
        case .inclusiveGateway: path = "M8 1a7 7 0 1 1 0 14a7 7 0 1 1 0-14z"
        case .complexGateway: path = "M8 0v16M0 8h16M2 2 14 14M14 2 2 14"
        default: path = "M8-3a11 11 0 1 1 0 22a11 11 0 1 1 0-22zM8 2 14 6.5 12 13.5H4L2 6.5z"
        }
        let width = node.kind == .eventBasedGateway ? 1.2 : 2.4
        icon(path, at: (cx - 8, cy - 8), strokeWidth: width)
        label(shape, node.name)
        close(node.id, badgeAt: (b.x + b.width - 2, b.y + 4))
    }

    mutating func draw(_ shape: Diagram.Shape, _ artifact: Artifact) {
        let b = shape.bounds
        open(artifact.id, artifact.kind == .textAnnotation ? "annotation" : "data", label: "")
        switch artifact.kind {
        case .textAnnotation:
            svg += "<path class=\"l\" d=\"M\(n(b.x + 12)) \(n(b.y))H\(n(b.x))v\(n(b.height))h12\"/>"
            text(
                artifact.text, x: b.x + 7, y: b.y + b.height / 2, width: b.width - 12, centered: true, anchor: "start",
                size: 11)
        case .group:
            svg += "<rect class=\"l m\" x=\"\(n(b.x))\" y=\"\(n(b.y))\" width=\"\(n(b.width))\" "
            svg += "height=\"\(n(b.height))\" rx=\"10\"/>"
        case .dataStoreReference:
            let h = n(b.height - 12)
            svg += "<path class=\"s\" d=\"M\(n(b.x)) \(n(b.y + 6))v\(h)a\(n(b.width / 2)) 6 0 0 0 \(n(b.width)) 0v-\(h)"
            svg += "a\(n(b.width / 2)) 6 0 0 0-\(n(b.width)) 0a\(n(b.width / 2)) 6 0 0 0 \(n(b.width)) 0\"/>"
            label(shape, artifact.text)
        default:
            svg += "<path class=\"s\" d=\"M\(n(b.x)) \(n(b.y))h\(n(b.width - 10))l10 10v\(n(b.height - 10))"
            svg += "h-\(n(b.width))zM\(n(b.x + b.width - 10)) \(n(b.y))v10h10\"/>"
            label(shape, artifact.text)
        }
        svg += "</g>"
    }

    /// A name beside its shape: where the diagram says, otherwise below.
    mutating func label(_ shape: Diagram.Shape, _ name: String) {
        let b =
            shape.label
            ?? Diagram.Bounds(
                x: shape.bounds.x + shape.bounds.width / 2 - 45, y: shape.bounds.y + shape.bounds.height + 4, width: 90,
                height: 14)
        text(name, x: b.x + b.width / 2, y: b.y, width: max(b.width, 40) + 8, centered: false, size: 12)
    }

    mutating func icon(
        _ path: String?, at corner: (x: Double, y: Double), filled: Bool = false, strokeWidth: Double? = nil
    ) {
        guard let path else { return }
        let width = strokeWidth.map { " style=\"stroke-width:\(n($0))\"" } ?? ""
        svg += "<path class=\"\(filled ? "f" : "i")\"\(width) transform=\"translate(\(n(corner.x)) \(n(corner.y)))\" "
        svg += "d=\"\(path)\"/>"
    }

    /// `intermediateCatchEvent` → `intermediate-catch-event`.
    static func className(_ kind: FlowNodeKind) -> String {
        var result = ""
        for character in kind.rawValue {
            if character.isUppercase { result += "-" }
            result += character.lowercased()
        }
        return result
    }
}
