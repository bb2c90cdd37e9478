/// Writes compact JSON into a byte array, commas included, in one pass without an intermediate tree.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { $0.member("sku", "A-1"); $0.member("quantity", 2) }
/// ```
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    public init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

    /// The text written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// `{…}`: an object with the members that `content` writes.
    public mutating func object(_ content: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try content(&self)
        close(UInt8(ascii: "}"))
    }

    /// `[…]`: an array with one value written for each element.
    public mutating func array<S: Sequence>(_ elements: S, _ write: (inout JSONWriter, S.Element) throws -> Void)
        rethrows
    {
        open(UInt8(ascii: "["))
        for element in elements { try write(&self, element) }
        close(UInt8(ascii: "]"))
    }

    // MARK: Members of the current object

    /// `"name": value`, for each kind of value; the name needs no escapes.
    public mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    public mutating func member(_ name: StaticString, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    public mutating func member(_ name: StaticString, _ value: Int) { member(name, Int64(value)) }

    public mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    public mutating func member(_ name: StaticString, _ value: Double) {
        self.name(name)
        number(value)
    }

    public mutating func member<Kind>(_ name: StaticString, _ id: EntityID<Kind>) {
        self.name(name)
        plain(EntityIDText.count(Kind.prefix)) { EntityIDText.write(id.rawValue, prefix: Kind.prefix, into: $0) }
    }

    public mutating func member(_ name: StaticString, _ instant: Instant) {
        self.name(name)
        plain(Instant.textCount) { instant.writeText(into: $0) }
    }

    /// `{"amount": 1999, "currency": "EUR"}`.
    public mutating func member(_ name: StaticString, _ money: Money) {
        member(name) { object in
            object.member("amount", money.amount)
            object.member("currency", money.currency.code)
        }
    }

    /// `{"lat": 52.5, "lng": 13.4}`.
    public mutating func member(_ name: StaticString, _ point: GeoPoint) {
        member(name) { object in
            object.member("lat", point.latitude)
            object.member("lng", point.longitude)
        }
    }

    public mutating func member(_ name: StaticString, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: StaticString, object content: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try object(content)
    }

    public mutating func member<S: Sequence>(
        _ name: StaticString, array elements: S, _ write: (inout JSONWriter, S.Element) throws -> Void
    ) rethrows {
        self.name(name)
        try array(elements, write)
    }

    /// `"name": "…"`, of pieces that need no escapes and are not put together before.
    public mutating func textMember(_ name: StaticString, _ write: (inout JSONText) -> Void) {
        self.name(name)
        comma()
        bytes.append(UInt8(ascii: "\""))
        // Moved there and back, not copied.
        var text = JSONText(bytes: [])
        swap(&text.bytes, &bytes)
        write(&text)
        swap(&text.bytes, &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Embeds a document that already is valid JSON.
    public mutating func member(_ name: StaticString, unsafeRawJSON raw: some Collection<UInt8>) {
        self.name(name)
        comma()
        bytes.append(contentsOf: raw)
        needsComma = true
    }

    /// A member's name that is only known at run time; its value follows.
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's name without characters that need escapes; its value follows.
    public mutating func name(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// `null`.
    public mutating func null() { raw("null") }

    /// `true` or `false`.
    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Decimal digits with a sign where it is negative.
    public mutating func integer(_ value: Int64) {
        comma()
        bytes.appendDigits(of: value)
        needsComma = true
    }

    /// A number with the shortest text that reads back as the same Double; it must be finite.
    public mutating func number(_ value: Double) {
        precondition(value.isFinite, "JSON has no \(value)")
        if let integer = Int64(exactly: value) { return self.integer(integer) }
        comma()
        bytes.append(contentsOf: value.description.utf8)
        needsComma = true
    }

    /// A text in quotes, with the escapes that RFC 8259, section 7, demands and no others.
    public mutating func string(_ value: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { utf8 in
            if utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
                for byte in utf8 { escape(byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A whole tree; its decimals must be finite.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .decimal(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements): array(elements) { $0.value($1) }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.name(member.name)
                    writer.value(member.value)
                }
            }
        }
    }

    // MARK: Bytes

    /// A text that needs no escapes, of a known size.
    private mutating func plain(_ count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        comma()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 2) { text in
            text[0] = UInt8(ascii: "\"")
            _ = write(UnsafeMutableBufferPointer(rebasing: text[1...count]))
            text[count + 1] = UInt8(ascii: "\"")
            bytes.append(contentsOf: UnsafeBufferPointer(text))
        }
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func raw(_ text: StaticString) {
        comma()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            bytes.append(0x5C)
            bytes.append(byte)
        case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
        case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
        case 0..<0x20:
            let hexadecimal = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: Array("\\u00".utf8))
            bytes.append(hexadecimal[Int(byte >> 4)])
            bytes.append(hexadecimal[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}

/// A text in a document that is being written, without characters that need escapes.
public struct JSONText {
    fileprivate var bytes: [UInt8]

    /// A piece that is known beforehand.
    public mutating func append(_ piece: StaticString) { piece.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// A piece of printable characters, without quotes and backslashes.
    public mutating func append(_ piece: String) { bytes.append(contentsOf: piece.utf8) }

    /// Decimal digits.
    public mutating func append(_ piece: Int64) { bytes.appendDigits(of: piece) }
}

extension [UInt8] {
    /// Decimal digits, with a sign where it is negative.
    fileprivate mutating func appendDigits(of value: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value.magnitude
            var start = 20
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            append(contentsOf: digits[start...])
        }
    }
}
