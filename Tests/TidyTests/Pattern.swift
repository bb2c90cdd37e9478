import Foundation

/// A regular expression, and what to say where it matches.
struct Pattern {
    let expression: NSRegularExpression
    let what: String

    init(_ pattern: String, _ what: String, ignoringCase: Bool = false) throws {
        expression = try NSRegularExpression(
            pattern: pattern, options: ignoringCase ? [.caseInsensitive, .anchorsMatchLines] : [.anchorsMatchLines])
        self.what = what
    }

    /// Every match in a text of the file, with its line.
    func offences(in text: String, of path: String) -> [Offence] {
        matches(in: text).map { Offence(path: path, line: $0.line, what: "\($0.groups[0]): \(what)") }
    }

    /// Every match: its line, and what it and its groups captured (empty for a group that took no part).
    func matches(in text: String) -> [(line: Int, groups: [String])] {
        let all = text as NSString
        let found = expression.matches(in: text, range: NSRange(location: 0, length: all.length))
        var line = 1
        var counted = 0
        return found.map { match in
            let before = all.substring(with: NSRange(location: counted, length: match.range.location - counted))
            line += before.utf8.count { $0 == UInt8(ascii: "\n") }
            counted = match.range.location
            let groups = (0..<match.numberOfRanges).map { group -> String in
                let range = match.range(at: group)
                return range.location == NSNotFound ? "" : all.substring(with: range)
            }
            return (line, groups)
        }
    }
}
