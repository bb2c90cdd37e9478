import Kernel

/// Reads the part of YAML that `logistics-v1.yaml` is written in: block mappings and sequences, plain words, and JSON.
struct YAMLReading {
    private struct Line {
        let indent: Int
        let text: Substring
    }

    private var lines: [Line] = []
    private var next = 0

    static func read(_ text: String) throws -> JSONValue {
        var reading = YAMLReading(text)
        let value = try reading.block(indent: 0)
        guard reading.next == reading.lines.count else { throw Unreadable(line: reading.next) }
        return value
    }

    struct Unreadable: Error {
        let line: Int
    }

    private init(_ text: String) {
        for line in text.split(separator: "\n") where !line.allSatisfy({ $0 == " " }) {
            let content = line.drop { $0 == " " }
            if content.hasPrefix("#") { continue }
            lines.append(Line(indent: line.count - content.count, text: content))
        }
    }

    private mutating func block(indent: Int) throws -> JSONValue {
        guard next < lines.count, lines[next].indent == indent else { throw Unreadable(line: next) }
        return try lines[next].text.hasPrefix("- ") ? sequence(indent) : mapping(indent)
    }

    private mutating func sequence(_ indent: Int) throws -> JSONValue {
        var elements: [JSONValue] = []
        while next < lines.count, lines[next].indent == indent, lines[next].text.hasPrefix("- ") {
            let content = lines[next].text.dropFirst(2)
            if Self.isScalar(content) {
                elements.append(try Self.scalar(content, next))
                next += 1
            } else {
                // The first member stands behind the dash: read it as a line of its own.
                lines[next] = Line(indent: indent + 2, text: content)
                elements.append(try mapping(indent + 2))
            }
        }
        return .array(elements)
    }

    private mutating func mapping(_ indent: Int) throws -> JSONValue {
        var members: [JSONMember] = []
        while next < lines.count, lines[next].indent == indent, !lines[next].text.hasPrefix("- ") {
            let line = lines[next].text
            guard let (name, rest) = try Self.member(line, next) else { throw Unreadable(line: next) }
            next += 1
            members.append(JSONMember(name, rest.isEmpty ? try block(indent: indent + 2) : try Self.scalar(rest, next)))
        }
        return .object(members)
    }

    private static func member(_ line: Substring, _ number: Int) throws -> (String, Substring)? {
        if line.hasPrefix("\"") {
            guard let end = line.dropFirst().firstIndex(of: "\"") else { return nil }
            let rest = line[line.index(after: end)...]
            guard rest.hasPrefix(":") else { return nil }
            return (String(line[line.index(after: line.startIndex)..<end]), rest.dropFirst().drop { $0 == " " })
        }
        guard let colon = line.firstRange(of: ": ")?.lowerBound ?? (line.hasSuffix(":") ? line.indices.last : nil)
        else { return nil }
        return (String(line[..<colon]), line[line.index(after: colon)...].drop { $0 == " " })
    }

    private static func isScalar(_ text: Substring) -> Bool {
        if text.hasPrefix("{") || text.hasPrefix("[") { return true }
        if text.hasPrefix("\"") { return text.hasSuffix("\"") }
        return !text.contains(": ") && !text.hasSuffix(":")
    }

    private static func scalar(_ text: Substring, _ number: Int) throws -> JSONValue {
        let isJSON =
            text.hasPrefix("{") || text.hasPrefix("[") || text.hasPrefix("\"")
            || ["true", "false", "null"].contains(text)
            || text.allSatisfy { $0.isNumber || $0 == "-" || $0 == "." }
        return isJSON ? try JSONValue(parsing: Array(text.utf8)) : .string(String(text))
    }
}
