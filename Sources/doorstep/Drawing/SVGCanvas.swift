/// A picture of boxes, lines and texts, drawn from top to bottom.
struct SVGCanvas {
    enum Anchor: String {
        case start, middle, end
    }

    private var body = ""

    mutating func rectangle(
        x: Int, y: Int, width: Int, height: Int, fill: String, stroke: String = "none", radius: Int = 0
    ) {
        body += """
            <rect x="\(x)" y="\(y)" width="\(width)" height="\(height)" rx="\(radius)" fill="\(fill)" \
            stroke="\(stroke)"/>\n
            """
    }

    /// - Parameter y: of the baseline.
    mutating func text(
        _ text: String, x: Int, y: Int, size: Int = 12, color: String = Palette.ink, isBold: Bool = false,
        anchor: Anchor = .start
    ) {
        body += """
            <text x="\(x)" y="\(y)" font-size="\(size)" fill="\(color)" text-anchor="\(anchor.rawValue)"\
            \(isBold ? " font-weight=\"600\"" : "")>\(Self.escaped(text))</text>\n
            """
    }

    /// - Parameter data: an SVG path.
    mutating func path(_ data: String, color: String, isDashed: Bool = false, hasArrow: Bool = false) {
        body += """
            <path d="\(data)" fill="none" stroke="\(color)" stroke-width="1.4"\
            \(isDashed ? " stroke-dasharray=\"5 4\"" : "")\(hasArrow ? " marker-end=\"url(#arrow)\"" : "")/>\n
            """
    }

    mutating func dot(x: Int, y: Int, radius: Int, color: String) {
        body += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\" fill=\"\(color)\"/>\n"
    }

    /// The document. It brings its own white paper, so that it reads the same on a dark page.
    func document(width: Int, height: Int, title: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
        font-family="system-ui, 'DejaVu Sans', sans-serif" role="img">
        <title>\(Self.escaped(title))</title>
        <defs><marker id="arrow" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="8" markerHeight="8" \
        orient="auto"><path d="M0 1 10 5 0 9z" fill="context-stroke"/></marker></defs>
        <rect width="\(width)" height="\(height)" fill="\(Palette.paper)"/>
        \(body)</svg>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
    }
}

/// Colors with a contrast of at least 4.5 to 1 on the paper, where they are of text.
enum Palette {
    static let paper = "#ffffff"
    static let ink = "#1b1f24"
    static let quiet = "#57606a"
    static let line = "#8c959f"
    static let orders = "#0b5cad"
    static let warehouse = "#8a4600"
    static let shipping = "#116329"
    static let outside = "#57606a"
}
