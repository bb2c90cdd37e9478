/// What an identifier identifies: it gives the identifier its prefix and keeps different kinds apart at compile time.
public protocol EntityKind: Sendable {
    /// Three lowercase letters, as in `ord_…`.
    static var prefix: StaticString { get }
}

/// An identifier: a positive 63-bit integer inside, prefixed sortable text at the edge.
///
/// The text is the prefix, an underscore and 13 characters of Crockford's base 32 (lowercase), so that texts sort as
/// the integers do. Identifiers made by ``IDGenerator`` sort by the time of their making.
public struct EntityID<Kind: EntityKind>: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Reads the text form.
    ///
    /// - Returns: `nil` when the prefix is another kind's, a character is none of the alphabet, the length is not
    ///   exact, or the value is out of range.
    public init?(text: some StringProtocol) {
        let prefix = Kind.prefix
        // What every string but a foreign one has at hand; the rest stays one piece of code for all kinds.
        let known = text.utf8.withContiguousStorageIfAvailable { EntityIDText.value($0, prefix: prefix) }
        guard let value = known ?? Array(text.utf8).withUnsafeBufferPointer({ EntityIDText.value($0, prefix: prefix) })
        else { return nil }
        rawValue = value
    }

    /// The text form, for example `ord_01jd3q8f6v000`.
    public var text: String {
        String(unsafeUninitializedCapacity: EntityIDText.count(Kind.prefix)) { buffer in
            EntityIDText.write(rawValue, prefix: Kind.prefix, into: buffer)
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension EntityID: CustomStringConvertible {
    public var description: String { text }
}

/// The text form's bytes.
enum EntityIDText {
    /// How many there are.
    static func count(_ prefix: StaticString) -> Int { prefix.utf8CodeUnitCount + 1 + Base32.length }

    /// - Returns: `nil` for what is no id of this kind.
    static func value(_ bytes: UnsafeBufferPointer<UInt8>, prefix: StaticString) -> Int64? {
        let start = prefix.utf8CodeUnitCount
        guard bytes.count == count(prefix), bytes[start] == UInt8(ascii: "_") else { return nil }
        for offset in 0..<start where bytes[offset] != prefix.utf8Start[offset] { return nil }
        var value: UInt64 = 0
        for byte in bytes[(start + 1)...] {
            guard value >> 59 == 0, let digit = Base32.digit(byte) else { return nil }
            value = value << 5 | UInt64(digit)
        }
        guard value > 0 else { return nil }
        return Int64(exactly: value)
    }

    /// - Parameter buffer: has room for ``count(_:)`` bytes.
    /// - Returns: how many were written.
    static func write(
        _ rawValue: Int64, prefix: StaticString, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        let (start, count) = (prefix.utf8CodeUnitCount, count(prefix))
        for offset in 0..<start { buffer[offset] = prefix.utf8Start[offset] }
        buffer[start] = UInt8(ascii: "_")
        var value = UInt64(bitPattern: rawValue)
        for offset in stride(from: count - 1, to: start, by: -1) {
            buffer[offset] = Base32.character(value & 31)
            value >>= 5
        }
        return count
    }
}

/// Crockford's base 32 in lowercase: no i, l, o, u.
enum Base32 {
    static let length = 13

    static func character(_ digit: UInt64) -> UInt8 {
        let digit = UInt8(digit)
        switch digit {
        case 0...9: return UInt8(ascii: "0") + digit
        case 10...17: return UInt8(ascii: "a") + digit - 10
        case 18...19: return UInt8(ascii: "j") + digit - 18
        case 20...21: return UInt8(ascii: "m") + digit - 20
        case 22...26: return UInt8(ascii: "p") + digit - 22
        default: return UInt8(ascii: "v") + digit - 27
        }
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "h"): return byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "j")...UInt8(ascii: "k"): return byte - UInt8(ascii: "j") + 18
        case UInt8(ascii: "m")...UInt8(ascii: "n"): return byte - UInt8(ascii: "m") + 20
        case UInt8(ascii: "p")...UInt8(ascii: "t"): return byte - UInt8(ascii: "p") + 22
        case UInt8(ascii: "v")...UInt8(ascii: "z"): return byte - UInt8(ascii: "v") + 27
        default: return nil
        }
    }
}
