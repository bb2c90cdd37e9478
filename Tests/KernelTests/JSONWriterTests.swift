import Kernel
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("places commas and escapes only what must be escaped")
    func text() throws {
        var writer = JSONWriter()
        writer.object { json in
            json.member("a", 1)
            json.member("text", "q\" b\\ n\n r\r t\t c\u{1} d\u{1F} é😀/\u{7F}")
            json.member("yes", true)
            json.member("half", 0.5)
            json.member("list", array: [1, 2, 3]) { $0.integer($1) }
            json.member("none", array: [Int64]()) { $0.integer($1) }
            json.member("inner") { $0.member("x", JSONValue.null) }
            json.member("raw", unsafeRawJSON: Array("[{}]".utf8))
            json.name("run \"time\"")
            json.bool(false)
        }
        let expected =
            #"{"a":1,"text":"q\" b\\ n\n r\r t\t c\u0001 d\u001f é😀/\#u{7F}","yes":true,"half":0.5,"list":[1,2,3],"#
            + #""none":[],"inner":{"x":null},"raw":[{}],"run \"time\"":false}"#
        #expect(writer.text == expected)
        #expect(throws: Never.self) { try JSONValue(parsing: writer.bytes) }
    }

    @Test("writes the kernel's values as their documented texts")
    func kernelValues() throws {
        var writer = JSONWriter(reserving: 16)
        let point = try #require(GeoPoint(latitude: 52.5, longitude: -13))
        writer.object { json in
            json.member("order", OrderID(rawValue: 1))
            json.member("at", Instant(milliseconds: 0))
            json.member("price", Money(1999, .eur))
            json.member("place", point)
        }
        #expect(
            writer.text == #"{"order":"ord_0000000000001","at":"1970-01-01T00:00:00.000Z","#
                + #""price":{"amount":1999,"currency":"EUR"},"place":{"lat":52.5,"lng":-13}}"#)
        let json = try JSONValue(parsing: writer.bytes)
        #expect(try json.requireID("order", OrderKind.self) == OrderID(rawValue: 1))
        #expect(try json.requireInstant("at") == Instant(milliseconds: 0))
        #expect(try json.requireMoney("price") == Money(1999, .eur))
        #expect(try json.requirePoint("place") == point)
    }

    @Test("a member of another kind is a fault when it was required")
    func required() throws {
        let json = try JSONValue(parsing: Array(#"{"a":1,"s":"x"}"#.utf8))
        for read: (JSONValue) throws -> Void in [
            { _ = try $0.requireString("a") },
            { _ = try $0.requireInteger("s") },
            { _ = try $0.requireInt("missing") },
            { _ = try $0.requireBool("a") },
            { _ = try $0.requireArray("a") },
            { _ = try $0.requireID("s", OrderKind.self) },
            { _ = try $0.requireInstant("s") },
            { _ = try $0.requireMoney("s") },
            { _ = try $0.requirePoint("s") },
        ] {
            let fault = #expect(throws: Fault.self) { try read(json) }
            #expect(fault?.code == "malformed_document" && fault?.isRetryable == false)
        }
    }

    @Test(
        "numbers read back as the same number",
        arguments: [
            0.1, -0.1, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 123_456_789.125, 1e21, -1e-7,
            .leastNormalMagnitude,
            9_007_199_254_740_992, 1e18,
        ])
    func numbers(value: Double) throws {
        var writer = JSONWriter()
        writer.number(value)
        #expect(try JSONValue(parsing: writer.bytes).number == value)
    }

    @Test("integers to both ends", arguments: [Int64.min, -1, 0, 1, 9, 10, 99, 100, Int64.max])
    func integers(value: Int64) throws {
        var writer = JSONWriter()
        writer.integer(value)
        #expect(writer.text == String(value))
        #expect(try JSONValue(parsing: writer.bytes) == .integer(value))
    }

    @Test("random trees survive writing and parsing", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let tree = RandomTree.value(depth: 5, &generator)
            #expect(try JSONValue(parsing: tree.bytes) == tree)
        }
    }

    @Test("no document crashes the parser, however damaged", arguments: [11, 12, 13] as [UInt64])
    func damaged(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<500 {
            var bytes = JSONValue.array([RandomTree.value(depth: 4, &generator)]).bytes
            bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            do throws(JSONSyntaxError) {
                let value = try JSONValue(parsing: bytes)
                #expect((try? JSONValue(parsing: value.bytes)) != nil)
            } catch {
                refused += 1
                #expect((0...bytes.count).contains(error.offset))
            }
        }
        #expect(refused > 100)
    }
}

/// Documents of all kinds, repeatable by seed.
enum RandomTree {
    static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(generator.chance(0.5))
        case 2: return .integer(Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
        case 3:
            // Halves are never whole: whole numbers are written, and so read, as integers.
            return .decimal(Double(Int.random(in: -1_000_000...1_000_000, using: &generator)) + 0.5)
        case 4, 5: return .string(text(&generator))
        case 6, 7:
            let count = Int.random(in: 0..<6, using: &generator)
            return .array((0..<count).map { _ in value(depth: depth - 1, &generator) })
        default:
            let count = Int.random(in: 0..<20, using: &generator)
            return .object(
                (0..<count).map { JSONMember("\($0)\(text(&generator))", value(depth: depth - 1, &generator)) })
        }
    }

    static func text(_ generator: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
            let highest: UInt32 = [0x20, 0x7F, 0xFFFF, 0x10FFFF].randomElement(using: &generator) ?? 0x7F
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...highest, using: &generator)) { text.append(scalar) }
        }
        return String(text)
    }
}
