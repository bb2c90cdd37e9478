/// A recursive-descent parser over bytes. It is strict: RFC 8259 and nothing beyond.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    private var offset = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipWhitespace()
        let value = try value()
        skipWhitespace()
        guard offset == bytes.count else { throw error(.trailingBytes) }
        return value
    }

    private func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(
            reason: offset >= bytes.count && reason == .unexpectedByte ? .unexpectedEnd : reason, offset: offset)
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try number()
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard current == text.utf8Start[index] else { throw error(.unexpectedByte) }
            offset += 1
        }
        return value
    }

    private mutating func enter() throws(JSONSyntaxError) {
        depth += 1
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        offset += 1
        skipWhitespace()
    }

    private mutating func leave() {
        depth -= 1
        offset += 1
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            elements.append(try value())
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","):
                offset += 1
                skipWhitespace()
            case UInt8(ascii: "]"):
                leave()
                return .array(elements)
            default: throw error(.unexpectedByte)
            }
        }
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        try enter()
        var members: [JSONMember] = []
        var names: Set<String> = []
        if current == UInt8(ascii: "}") {
            leave()
            return .object(members)
        }
        while true {
            guard current == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
            let start = offset
            let name = try string()
            if isRepeated(name, members, &names) {
                offset = start
                throw error(.repeatedName)
            }
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
            offset += 1
            skipWhitespace()
            members.append(JSONMember(name, try value()))
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","):
                offset += 1
                skipWhitespace()
            case UInt8(ascii: "}"):
                leave()
                return .object(members)
            default: throw error(.unexpectedByte)
            }
        }
    }

    /// Small objects are searched, large ones hashed: an object of a million members must not take a million squared.
    private func isRepeated(_ name: String, _ members: [JSONMember], _ names: inout Set<String>) -> Bool {
        if members.count < 16 { return members.contains { $0.name == name } }
        if names.isEmpty { names = Set(members.map(\.name)) }
        return !names.insert(name).inserted
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = offset
        var isInteger = true
        if current == UInt8(ascii: "-") { offset += 1 }
        if current == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        if isInteger, let value = integer(from: start) { return .integer(value) }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            offset = start
            throw error(.invalidNumber)
        }
        return .decimal(value)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = offset
        while let byte = current, (48...57).contains(byte) { offset += 1 }
        guard offset > start else { throw error(.invalidNumber) }
    }

    private func integer(from start: Int) -> Int64? {
        var index = start
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        var value: Int64 = 0
        while index < offset {
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(bytes[index]) - 48
            let (next, exceeded) = shifted.subtractingReportingOverflow(digit)
            if overflowed || exceeded { return nil }
            value = next
            index += 1
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        offset += 1
        let start = offset
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                let text = try text(bytes[start..<offset], at: start)
                offset += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw error(.invalidString) }
            offset += 1
        }
        throw error(.unexpectedEnd)
    }

    private func text(_ slice: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONSyntaxError(reason: .invalidUTF8, offset: start)
        }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var buffer = Array(bytes[start..<offset])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    throw JSONSyntaxError(reason: .invalidUTF8, offset: start)
                }
                return text
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &buffer)
            case 0..<0x20: throw error(.invalidString)
            default:
                buffer.append(byte)
                offset += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = current else { throw error(.unexpectedEnd) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(into: &buffer)
        default:
            offset -= 1
            throw error(.invalidString)
        }
    }

    private mutating func unicodeEscape(into buffer: inout [UInt8]) throws(JSONSyntaxError) {
        var code = UInt32(try hexadecimal())
        if (0xD800..<0xDC00).contains(code) {
            guard current == UInt8(ascii: "\\") else { throw error(.invalidString) }
            offset += 1
            guard current == UInt8(ascii: "u") else { throw error(.invalidString) }
            offset += 1
            let low = UInt32(try hexadecimal())
            guard (0xDC00..<0xE000).contains(low) else { throw error(.invalidString) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error(.invalidString) }
        buffer.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error(.invalidString)
            }
            code = code << 4 | UInt16(digit)
            offset += 1
        }
        return code
    }
}
