/// Finds functions and initializers in code without comments and text, and counts their lines by their braces.
struct FunctionLengths {
    /// The line where each function begins, and how many lines it has, its signature included.
    static func all(in code: String) -> [(line: Int, lines: Int)] {
        let reader = FunctionLengths(code: Array(code.utf8))
        return reader.functions()
    }

    private let code: [UInt8]

    private func functions() -> [(line: Int, lines: Int)] {
        var found: [(line: Int, lines: Int)] = []
        var line = 1
        for at in code.indices {
            if code[at] == UInt8(ascii: "\n") { line += 1 }
            guard begins(at), let end = bodyEnd(from: at) else { continue }
            found.append((line, 1 + code[at..<end].count { $0 == UInt8(ascii: "\n") }))
        }
        return found
    }

    private static let keywords: [[UInt8]] = ["func ", "init(", "init?(", "init<", "subscript(", "deinit "]
        .map { Array($0.utf8) }

    /// What can follow a requirement without a body.
    private static let followers: [[UInt8]] =
        keywords + ["var ", "let ", "case ", "static ", "mutating ", "associatedtype "].map { Array($0.utf8) }

    private func begins(_ at: Int, _ keywords: [[UInt8]] = keywords) -> Bool {
        guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(code[at]) else { return false }
        if at > 0 {
            let before = code[at - 1]
            guard before == UInt8(ascii: " ") || before == UInt8(ascii: "\n") else { return false }
        }
        return keywords.contains { code[at...].starts(with: $0) }
    }

    /// The end of the first `{ … }` outside parentheses; `nil` for a requirement, which has none.
    private func bodyEnd(from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for at in start..<code.count {
            switch code[at] {
            case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
            case UInt8(ascii: "{") where parentheses == 0: braces += 1
            case UInt8(ascii: "}") where parentheses == 0:
                braces -= 1
                if braces == 0 { return at }
                if braces < 0 { return nil }
            default: if braces == 0, parentheses == 0, at > start, begins(at, Self.followers) { return nil }
            }
        }
        return nil
    }
}
