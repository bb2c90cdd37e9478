import Testing

@testable import Kernel

private func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

private func refusal(_ bytes: [UInt8], maximumDepth: Int = 32) -> JSONSyntaxError? {
    do throws(JSONSyntaxError) {
        _ = try JSONValue(parsing: bytes, maximumDepth: maximumDepth)
        return nil
    } catch {
        return error
    }
}

private func refusal(_ text: String) -> JSONSyntaxError? { refusal(Array(text.utf8)) }

@Suite("JSON parser: RFC 8259 and nothing beyond")
struct JSONParserTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
        (" \t\r\n null \t\r\n ", .null),
        ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([])), ("{ }", .object([])),
        ("[[]]", .array([.array([])])), ("[null,1]", .array([.null, .integer(1)])),
        ("{\"\":0}", .object([JSONMember("", .integer(0))])),
        (
            "{\"a\" : 1 , \"b\":[ true ]}",
            .object([JSONMember("a", .integer(1)), JSONMember("b", .array([.bool(true)]))])
        ),
        // Numbers.
        ("0", .integer(0)), ("-0", .integer(0)), ("-1", .integer(-1)), ("10", .integer(10)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .decimal(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .decimal(-9_223_372_036_854_775_808)),
        ("0.5", .decimal(0.5)), ("-0.5", .decimal(-0.5)), ("1.0", .decimal(1)), ("1e3", .decimal(1000)),
        ("1E+2", .decimal(100)), ("12.5e-1", .decimal(1.25)), ("0e0", .decimal(0)), ("0E+01", .decimal(0)),
        ("1e308", .decimal(1e308)), ("1e-400", .decimal(0)), ("5e-324", .decimal(.leastNonzeroMagnitude)),
        ("123456789012345678901234567890", .decimal(123_456_789_012_345_677_877_719_597_056)),
        // Strings.
        ("\"\"", .string("")), ("\"a b\"", .string("a b")), ("\"/\\/\"", .string("//")),
        ("\"\\\"\\\\\\b\\f\\n\\r\\t\"", .string("\"\\\u{8}\u{C}\n\r\t")),
        ("\"\\u0041\\u00e9\\u00E9\\u20ac\"", .string("Aéé€")), ("\"\\u0000\"", .string("\0")),
        ("\"\\ud83d\\ude00\"", .string("😀")), ("\"\\uDBFF\\uDFFF\"", .string("\u{10FFFF}")),
        ("\"\\uFFFD\\uFEFF\"", .string("\u{FFFD}\u{FEFF}")), ("\"x\\u000ay\"", .string("x\ny")),
        ("\"é€😀\u{7F}\u{2028}\"", .string("é€😀\u{7F}\u{2028}")),
        ("\"// no comment\"", .string("// no comment")),
    ]

    @Test("accepts", arguments: accepted)
    func accepts(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    static let refused: [(String, JSONSyntaxError.Reason, Int)] = [
        ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2),
        ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3), ("{", .unexpectedEnd, 1),
        ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5), ("{\"a\":1", .unexpectedEnd, 6),
        ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1), ("[1 2]", .unexpectedByte, 3),
        ("[1,,2]", .unexpectedByte, 3), ("[1}", .unexpectedByte, 2), ("{]", .unexpectedByte, 1),
        ("{\"a\":1,}", .unexpectedByte, 7), ("{,}", .unexpectedByte, 1), ("{\"a\" 1}", .unexpectedByte, 5),
        ("{\"a\"::1}", .unexpectedByte, 5), ("{a:1}", .unexpectedByte, 1), ("{1:1}", .unexpectedByte, 1),
        ("{'a':1}", .unexpectedByte, 1), ("{\"a\":1 \"b\":2}", .unexpectedByte, 7), ("{null}", .unexpectedByte, 1),
        // Literals.
        ("nul", .unexpectedEnd, 3), ("True", .unexpectedByte, 0), ("tru3", .unexpectedByte, 3),
        ("nulll", .trailingBytes, 4), ("NaN", .unexpectedByte, 0), ("Infinity", .unexpectedByte, 0),
        // Numbers.
        ("-", .invalidNumber, 1), ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0), ("1.", .invalidNumber, 2),
        ("-.5", .invalidNumber, 1), ("1.e3", .invalidNumber, 2), ("1e", .invalidNumber, 2), ("1e+", .invalidNumber, 3),
        ("1e1.5", .trailingBytes, 3), ("01", .trailingBytes, 1), ("-01", .trailingBytes, 2),
        ("0x1F", .trailingBytes, 1), ("1_000", .trailingBytes, 1), ("-Infinity", .invalidNumber, 1),
        ("1e400", .invalidNumber, 0), ("-1e400", .invalidNumber, 0), ("١", .unexpectedByte, 0),
        // Strings.
        ("\"", .unexpectedEnd, 1), ("\"abc", .unexpectedEnd, 4), ("\"\\", .unexpectedEnd, 2),
        ("\"a\nb\"", .invalidString, 2), ("\"a\tb\"", .invalidString, 2), ("\"a\u{0}b\"", .invalidString, 2),
        ("\"\\n\u{1F}\"", .invalidString, 3), ("\"\\x41\"", .invalidString, 2), ("\"\\a\"", .invalidString, 2),
        ("\"\\'\"", .invalidString, 2), ("\"\\U0041\"", .invalidString, 2), ("'a'", .unexpectedByte, 0),
        ("\"\\u12\"", .invalidString, 5), ("\"\\u12G4\"", .invalidString, 5), ("\"\\u+123\"", .invalidString, 3),
        ("\"\\ud800\"", .invalidString, 7), ("\"\\ud800a\"", .invalidString, 7),
        ("\"\\ud800\\n\"", .invalidString, 8), ("\"\\ud800\\u0041\"", .invalidString, 13),
        ("\"\\ud800\\ud800\"", .invalidString, 13), ("\"\\udc00\"", .invalidString, 7),
        ("\"\\ude00\\ud83d\"", .invalidString, 7),
        // Beyond the document.
        ("1 2", .trailingBytes, 2), ("[]]", .trailingBytes, 2), ("{}x", .trailingBytes, 2),
        ("\"a\"b", .trailingBytes, 3),
        ("null,", .trailingBytes, 4), ("[] // x", .trailingBytes, 3), ("/**/1", .unexpectedByte, 0),
        ("\u{FEFF}1", .unexpectedByte, 0), ("\u{A0}1", .unexpectedByte, 0), ("\u{C}1", .unexpectedByte, 0),
        ("1\u{0}", .trailingBytes, 1),
    ]

    @Test("refuses with the reason and the offset", arguments: refused)
    func refuses(text: String, reason: JSONSyntaxError.Reason, offset: Int) {
        #expect(refusal(text) == JSONSyntaxError(reason: reason, offset: offset))
    }

    @Test(
        "refuses invalid UTF-8 in strings and names",
        arguments: [
            [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xE2, 0x82], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
            [0xF0, 0x9F, 0x98], [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(refusal([quote] + bytes + [quote])?.reason == .invalidUTF8)
        #expect(refusal([quote] + bytes + Array("\\n\"".utf8))?.reason == .invalidUTF8)
        #expect(refusal(Array("{\"".utf8) + bytes + Array("\":1}".utf8))?.reason == .invalidUTF8)
        #expect(refusal(bytes)?.reason == .unexpectedByte)
    }

    @Test("nests to the limit and no deeper", arguments: [1, 2, 7, 32])
    func depth(limit: Int) {
        for depth in [limit - 1, limit, limit + 1] {
            let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
            let expected: JSONSyntaxError.Reason? = depth > limit ? .tooDeep : nil
            if depth > 0 { #expect(refusal(Array(arrays.utf8), maximumDepth: limit)?.reason == expected) }
            #expect(refusal(Array(objects.utf8), maximumDepth: limit)?.reason == expected)
        }
        // Width is not depth: closing a bracket gives its level back.
        let wide = "[" + Array(repeating: "[]", count: 100).joined(separator: ",") + "]"
        #expect(refusal(Array(wide.utf8), maximumDepth: max(2, limit)) == nil)
        #expect(refusal(Array("7".utf8), maximumDepth: 0) == nil)
    }

    @Test("a hundred thousand open brackets end in a refusal, not in a crash")
    func bomb() {
        let bomb = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(refusal(bomb) == JSONSyntaxError(reason: .tooDeep, offset: 32))
    }

    @Test("refuses a repeated name at its place, also when spelled with escapes")
    func repeatedNames() {
        #expect(refusal("{\"a\":1,\"a\":1}") == JSONSyntaxError(reason: .repeatedName, offset: 7))
        #expect(refusal("{\"a\":1,\"\\u0061\":2}") == JSONSyntaxError(reason: .repeatedName, offset: 7))
        #expect(refusal("{\"a\":{\"a\":1},\"A\":1}") == nil)
    }

    @Test("finds a repeated name among few and among many", arguments: [2, 15, 16, 17, 18, 100])
    func repeatedAmongMany(count: Int) {
        let members = (0..<count).map { "\"n\($0)\":\($0)" }
        #expect(refusal("{" + members.joined(separator: ",") + "}") == nil)
        for repeated in [0, count / 2, count - 1] {
            let text = "{" + members.joined(separator: ",") + ",\"n\(repeated)\":0}"
            #expect(refusal(text)?.reason == .repeatedName, "n\(repeated) of \(count)")
        }
    }

    @Test("members are found by name and kind")
    func reading() throws {
        let json = try parse("{\"s\":\"x\",\"i\":3,\"d\":2.5,\"b\":true,\"n\":null,\"a\":[1],\"o\":{}}")
        #expect(json["s"]?.string == "x" && json["i"]?.integer == 3 && json["i"]?.number == 3)
        #expect(json["d"]?.number == 2.5 && json["d"]?.integer == nil && json["b"]?.bool == true)
        #expect(json["n"]?.isNull == true && json["missing"] == nil && json["s"]?["x"] == nil)
        #expect(json["a"]?.array == [.integer(1)] && json["o"]?.object == [])
    }

    @Test("the parts of a collection that is not contiguous are read alike")
    func lazyBytes() throws {
        let bytes = Array("[1,\"é\"]".utf8)
        #expect(try JSONValue(parsing: bytes.lazy.map { $0 }) == .array([.integer(1), .string("é")]))
        #expect(try JSONValue(parsing: bytes[...]) == .array([.integer(1), .string("é")]))
    }
}
