/// Why an expression does not parse.
public struct FEELSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    /// Characters from the start of the expression, from 0.
    public let offset: Int

    public var description: String { "\(message) at character \(offset + 1)" }
}

enum FEELToken: Hashable, Sendable {
    case number(FEELValue)
    case string(String)
    /// A name; for built-in functions whose names have spaces, all words.
    case name(String)
    case keyword(String)
    case symbol(String)
    case end
}

/// Splits an expression into tokens.
///
/// Names have no spaces except those of built-in functions; `` `any name` `` quotes one.
struct FEELLexer {
    private static let keywords: Set<String> = [
        "true", "false", "null", "and", "or", "if", "then", "else", "for", "in", "return", "some", "every",
        "satisfies", "between", "instance", "of",
    ]
    private static let longNames = [
        "is defined", "string length", "upper case", "lower case", "starts with", "ends with", "list contains",
        "date and time", "get or else", "get value", "is empty", "index of", "distinct values", "insert before",
        "substring before", "substring after", "day of week", "years and months duration",
    ]
    private static let symbols = ["!=", "<=", ">=", "**", ".."]

    private let characters: [Character]
    private var position = 0

    private init(_ text: String) { characters = Array(text) }

    static func tokens(_ text: String) throws(FEELSyntaxError) -> [(token: FEELToken, offset: Int)] {
        var lexer = FEELLexer(text)
        var result: [(FEELToken, Int)] = []
        while true {
            lexer.skipSpace()
            let offset = lexer.position
            let token = try lexer.next()
            result.append((token, offset))
            if token == .end { return result }
        }
    }

    private mutating func skipSpace() {
        while position < characters.count {
            if characters[position].isWhitespace {
                position += 1
            } else if peek("//") {
                while position < characters.count, !characters[position].isNewline { position += 1 }
            } else {
                return
            }
        }
    }

    private func peek(_ text: String) -> Bool {
        let wanted = Array(text)
        return position + wanted.count <= characters.count
            && characters[position..<position + wanted.count].elementsEqual(wanted)
    }

    private mutating func next() throws(FEELSyntaxError) -> FEELToken {
        guard position < characters.count else { return .end }
        let first = characters[position]
        if first == "\"" { return try string() }
        if first == "`" { return try quotedName() }
        if isDigit(first) { return try number() }
        if first.isLetter || first == "_" || first == "$" { return name() }
        for symbol in Self.symbols where peek(symbol) {
            position += symbol.count
            return .symbol(symbol)
        }
        guard "+-*/<>=()[]{},.:?@".contains(first) else {
            throw FEELSyntaxError(message: "unexpected character '\(first)'", offset: position)
        }
        position += 1
        return .symbol(String(first))
    }

    private func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private mutating func name() -> FEELToken {
        for long in Self.longNames where peek(long) {
            let end = position + long.count
            guard end == characters.count || !isNamePart(characters[end]) else { continue }
            position = end
            return .name(long)
        }
        let start = position
        while position < characters.count, isNamePart(characters[position]) { position += 1 }
        let text = String(characters[start..<position])
        return Self.keywords.contains(text) ? .keyword(text) : .name(text)
    }

    private func isNamePart(_ character: Character) -> Bool {
        character.isLetter || isDigit(character) || character == "_" || character == "$"
    }

    private mutating func quotedName() throws(FEELSyntaxError) -> FEELToken {
        let start = position + 1
        guard let end = characters[start...].firstIndex(of: "`"), end > start else {
            throw FEELSyntaxError(message: "quoted name without end", offset: position)
        }
        position = end + 1
        return .name(String(characters[start..<end]))
    }

    private mutating func number() throws(FEELSyntaxError) -> FEELToken {
        let start = position
        while position < characters.count, isDigit(characters[position]) { position += 1 }
        if position + 1 < characters.count, characters[position] == ".", isDigit(characters[position + 1]) {
            position += 1
            while position < characters.count, isDigit(characters[position]) { position += 1 }
        }
        let text = String(characters[start..<position])
        if let integer = Int64(text) { return .number(.integer(integer)) }
        guard let decimal = Double(text), decimal.isFinite else {
            throw FEELSyntaxError(message: "number out of range", offset: start)
        }
        return .number(.number(decimal))
    }

    private mutating func string() throws(FEELSyntaxError) -> FEELToken {
        let start = position
        var text = ""
        position += 1
        while position < characters.count {
            let character = characters[position]
            position += 1
            if character == "\"" { return .string(text) }
            guard character == "\\" else {
                text.append(character)
                continue
            }
            guard position < characters.count else { break }
            let escaped = characters[position]
            position += 1
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "\"", "\\", "/", "'": text.append(escaped)
            case "u":
                let digits = String(characters[position..<min(position + 4, characters.count)])
                guard digits.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
                    throw FEELSyntaxError(message: "bad \\u escape", offset: position)
                }
                text.unicodeScalars.append(scalar)
                position += 4
            default: throw FEELSyntaxError(message: "unknown escape '\\\(escaped)'", offset: position - 1)
            }
        }
        throw FEELSyntaxError(message: "string without end", offset: start)
    }
}
