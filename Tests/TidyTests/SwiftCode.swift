/// Reads Swift just closely enough to tell code from comments and text.
struct SwiftCode {
    /// The code of a source text: comments and the contents of string literals become blanks, lines and columns (of
    /// bytes) stay. What is interpolated into a string is code.
    static func only(of text: String) -> String {
        var reader = SwiftCode(Array(text.utf8))
        reader.readCode(untilParenthesis: false)
        return String(decoding: reader.output, as: UTF8.self)
    }

    private let input: [UInt8]
    private var output: [UInt8]
    private var at = 0

    private init(_ input: [UInt8]) {
        self.input = input
        output = input
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let hash = UInt8(ascii: "#")

    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while at < input.count {
            switch input[at] {
            case Self.slash where isNext(Self.slash): blankLineComment()
            case Self.slash where isNext(Self.star): blankBlockComment()
            case Self.quote: readString(hashes: 0)
            case Self.hash where opensRawString: readString(hashes: countHashes(from: at))
            case UInt8(ascii: "("):
                depth += 1
                at += 1
            case UInt8(ascii: ")"):
                at += 1
                if untilParenthesis && depth == 0 { return }
                depth -= 1
            default: at += 1
            }
        }
    }

    private var opensRawString: Bool {
        let end = at + countHashes(from: at)
        return end < input.count && input[end] == Self.quote
    }

    private mutating func readString(hashes: Int) {
        at += hashes
        let isMultiline = matches(Self.quote, count: 3, at: at)
        let quotes = isMultiline ? 3 : 1
        at += quotes
        while at < input.count {
            if matches(Self.quote, count: quotes, at: at), countHashes(from: at + quotes) >= hashes {
                at += quotes + hashes
                return
            }
            if input[at] == UInt8(ascii: "\\"), countHashes(from: at + 1) >= hashes {
                blank(1 + hashes)
                if at < input.count, input[at] == UInt8(ascii: "(") {
                    at += 1
                    readCode(untilParenthesis: true)
                } else {
                    blank(1)
                }
            } else if input[at] == Self.newline && !isMultiline {
                return
            } else {
                blank(1)
            }
        }
    }

    private mutating func blankLineComment() {
        while at < input.count, input[at] != Self.newline { blank(1) }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if input[at] == Self.slash, isNext(Self.star) {
                depth += 1
                blank(2)
            } else if input[at] == Self.star, isNext(Self.slash) {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && at < input.count
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where at < input.count {
            if input[at] != Self.newline { output[at] = UInt8(ascii: " ") }
            at += 1
        }
    }

    private func isNext(_ byte: UInt8) -> Bool { at + 1 < input.count && input[at + 1] == byte }

    private func matches(_ byte: UInt8, count: Int, at start: Int) -> Bool {
        start + count <= input.count && (start..<start + count).allSatisfy { input[$0] == byte }
    }

    private func countHashes(from start: Int) -> Int {
        var end = start
        while end < input.count, input[end] == Self.hash { end += 1 }
        return end - start
    }
}
