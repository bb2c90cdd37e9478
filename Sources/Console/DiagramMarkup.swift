import BPMN

/// The process diagram for a page whose policy allows no style elements: those go into the style sheet.
enum DiagramMarkup {
    private static let opening = "<style>"
    private static let closing = "</style>"

    /// All diagrams of a model, one under the other, each in a box that scrolls on small screens, and the steps with
    /// tokens in words.
    ///
    /// - Parameters:
    ///   - caption: what the diagrams show.
    ///   - tokens: how many stand at each element.
    static func figure(
        of model: ProcessModel, caption: String, tokens: [String: Int], _ overlay: DiagramDrawing.Overlay
    ) -> HTML {
        let drawings = model.diagrams.indices.compactMap { index in
            DiagramDrawing.svg(of: model, diagram: index, title: caption, overlay: overlay)
        }
        let boxes = drawings.map { drawing in
            let svg = HTML(unsafeMarkup: parts(drawing).drawing)
            return HTML("<div class=\"diagram\" tabindex=\"0\" role=\"group\" aria-label=\"\(caption)\">\(svg)</div>")
        }
        let steps = ProcessSteps(model: model).list(tokens).map { step in
            HTML("<li><span class=\"badge\">\(step.count)</span> \(step.name)</li>")
        }
        let list = steps.isEmpty ? HTML.empty : HTML("<ul class=\"steps\">\(steps)</ul>")
        return HTML("<figure id=\"diagram\" data-live><figcaption>\(caption)</figcaption>\(list)\(boxes)</figure>")
    }

    /// The rules that the drawings need.
    static func style(of model: ProcessModel) -> String {
        DiagramDrawing.svg(of: model).map { parts($0).style } ?? ""
    }

    private static func parts(_ svg: String) -> (drawing: String, style: String) {
        guard let start = svg.firstRange(of: opening), let end = svg.firstRange(of: closing) else { return (svg, "") }
        return (
            String(svg[..<start.lowerBound] + svg[end.upperBound...]),
            String(svg[start.upperBound..<end.lowerBound])
        )
    }
}
