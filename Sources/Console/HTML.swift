/// Markup that is safe to send.
///
/// A literal is markup; every text put into it is escaped, in content and in quoted attributes alike. Only markup goes
/// in as it is:
///
///     let name = "<script>"
///     HTML("<b>\(name)</b>").markup  // <b>&lt;script&gt;</b>
///
/// Attributes must be quoted, and an address that comes from outside must not be put into `href`: `javascript:` has
/// nothing to escape.
struct HTML: ExpressibleByStringInterpolation, Equatable, Sendable {
    private(set) var markup: String

    init(stringLiteral markup: String) { self.markup = markup }
    init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

    /// Nothing is escaped: only for markup that this program drew itself.
    init(unsafeMarkup: String) { markup = unsafeMarkup }

    static let empty = HTML(unsafeMarkup: "")

    static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

    static func escape(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    struct Interpolation: StringInterpolationProtocol {
        var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { markup += literal }
        mutating func appendInterpolation(_ text: some StringProtocol) { markup += HTML.escape(text) }
        mutating func appendInterpolation(_ number: some BinaryInteger) { markup += String(number) }
        mutating func appendInterpolation(_ html: HTML) { markup += html.markup }
        mutating func appendInterpolation(_ html: HTML?) { markup += html?.markup ?? "" }
        mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { markup += part.markup } }
    }
}
