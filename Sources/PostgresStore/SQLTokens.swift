/// A statement cut into what the rewriting of batches looks at. Whitespace, comments and the inside of quotes are none
/// of it.
struct SQLTokens {
    enum Kind: Equatable {
        /// In capitals.
        case word(String)
        /// `$n`, by n.
        case parameter(Int)
        case open
        case close
        case comma
        /// An operator, a number, a quoted text: nothing that a statement is recognized by.
        case other(String)
    }

    struct Token: Equatable {
        let kind: Kind
        /// Bytes of the statement.
        let range: Range<Int>
        /// How many parentheses are open around it.
        let depth: Int
    }

    let bytes: [UInt8]
    private(set) var tokens: [Token] = []

    init(_ sql: String) {
        bytes = Array(sql.utf8)
        var place = 0
        var depth = 0
        while place < bytes.count {
            let end = self.end(of: place)
            if let kind = kind(place..<end) {
                if kind == .close { depth -= 1 }
                tokens.append(Token(kind: kind, range: place..<end, depth: depth))
                if kind == .open { depth += 1 }
            }
            place = end
        }
    }

    /// The text of some bytes, with each `$n` as `parameter` writes it.
    func text(_ range: Range<Int>, _ parameter: (Int) -> String) -> String {
        var text = ""
        var place = range.lowerBound
        for token in tokens
        where token.range.lowerBound >= range.lowerBound && token.range.upperBound <= range.upperBound {
            guard case .parameter(let number) = token.kind else { continue }
            text += String(decoding: bytes[place..<token.range.lowerBound], as: UTF8.self) + parameter(number)
            place = token.range.upperBound
        }
        return text + String(decoding: bytes[place..<range.upperBound], as: UTF8.self)
    }

    private func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    /// Where the token, the blank or the comment ends that starts at a place.
    private func end(of start: Int) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return end(ofQuoted: start)
        case UInt8(ascii: "-") where byte(start + 1) == UInt8(ascii: "-"):
            return bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        case UInt8(ascii: "/") where byte(start + 1) == UInt8(ascii: "*"):
            var place = start + 2
            while place < bytes.count, !(byte(place) == UInt8(ascii: "*") && byte(place + 1) == UInt8(ascii: "/")) {
                place += 1
            }
            return min(place + 2, bytes.count)
        case let first where Self.isOfWord(first) || first == UInt8(ascii: "$"):
            var place = start + 1
            while Self.isOfWord(byte(place)) { place += 1 }
            return place
        default: return start + 1
        }
    }

    /// A doubled quote inside is read as the end and the start of two: it comes to the same.
    private func end(ofQuoted start: Int) -> Int {
        var place = start + 1
        while place < bytes.count, bytes[place] != bytes[start] { place += 1 }
        return min(place + 1, bytes.count)
    }

    private func kind(_ range: Range<Int>) -> Kind? {
        let text = String(decoding: bytes[range], as: UTF8.self)
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "("): return .open
        case UInt8(ascii: ")"): return .close
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): return nil
        case UInt8(ascii: "$"): return Int(text.dropFirst()).map { .parameter($0) } ?? .other(text)
        case let first where Self.isOfWord(first):
            return first >= 48 && first <= 57 ? .other(text) : .word(text.uppercased())
        default: return text.hasPrefix("--") || text.hasPrefix("/*") ? nil : .other(text)
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte >= 48 && byte <= 57
            || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}
