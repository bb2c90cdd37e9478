import CLibPQ
import Kernel
import Ports

/// A result, in the binary format, for as long as somebody holds it.
final class PostgresResult {
    let pointer: OpaquePointer
    let types: [PostgresType]

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        types = (0..<PQnfields(pointer)).map { PostgresType(PQftype(pointer, $0)) }
    }

    deinit { PQclear(pointer) }

    var count: Int32 { PQntuples(pointer) }

    /// How many rows a statement changed; 0 for one that changes none.
    var changes: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// Of the answer to the question after a statement's parameters.
    var parameterTypes: [PostgresType] { (0..<PQnparams(pointer)).map { PostgresType(PQparamtype(pointer, $0)) } }

    /// For example `COMMIT`.
    var command: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    /// - Parameter offset: how many columns in front are not the statement's own.
    func row(_ number: Int32, skipping offset: Int32 = 0) -> PostgresRow {
        PostgresRow(result: self, number: number, offset: offset)
    }
}

struct PostgresRow: SQLRow {
    let result: PostgresResult
    let number: Int32
    let offset: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.pointer, number, Int32(column) + offset) == 1 }

    func integer(_ column: Int) -> Int64 {
        let bytes = raw(column)
        switch type(column) {
        case .int8: return Int64(bitPattern: Self.load(bytes))
        case .int4: return Int64(Int32(truncatingIfNeeded: Self.load(bytes)))
        case .int2: return Int64(Int16(truncatingIfNeeded: Self.load(bytes)))
        case .bool: return bytes.first.map { Int64($0) } ?? 0
        case .numeric: return PostgresNumeric.integer(bytes)
        case .float4, .float8: return Int64(exactly: real(column).rounded(.towardZero)) ?? 0
        case .text, .bytea, .other: return Self.leadingInteger(bytes)
        }
    }

    func real(_ column: Int) -> Double {
        let bytes = raw(column)
        switch type(column) {
        case .float8: return Double(bitPattern: Self.load(bytes))
        case .float4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: Self.load(bytes))))
        case .numeric: return PostgresNumeric.real(bytes)
        case .int8, .int4, .int2, .bool: return Double(integer(column))
        case .text, .bytea, .other: return Double(text(column)) ?? 0
        }
    }

    func text(_ column: Int) -> String {
        switch type(column) {
        case .int8, .int4, .int2, .bool: return isNull(column) ? "" : String(integer(column))
        case .float4, .float8: return isNull(column) ? "" : "\(real(column))"
        case .numeric: return isNull(column) ? "" : String(integer(column))
        case .text, .bytea, .other: return String(decoding: raw(column), as: UTF8.self)
        }
    }

    func bytes(_ column: Int) -> [UInt8] {
        switch type(column) {
        case .text, .bytea, .other: return Array(raw(column))
        default: return Array(text(column).utf8)
        }
    }

    private func type(_ column: Int) -> PostgresType { result.types[column + Int(offset)] }

    /// Empty for NULL.
    private func raw(_ column: Int) -> UnsafeRawBufferPointer {
        let place = Int32(column) + offset
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, number, place), count: Int(PQgetlength(result.pointer, number, place)))
    }

    private static func load(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var value: UInt64 = 0
        for byte in bytes { value = value << 8 | UInt64(byte) }
        return value
    }

    private static func leadingInteger(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        let isNegative = bytes.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            guard byte >= 48, byte <= 57 else { break }
            value = value &* 10 &+ Int64(byte - 48)
        }
        return isNegative ? -value : value
    }
}

/// PostgreSQL's `numeric` in the binary format, which sums of `bigint` have: digits to the base 10,000.
enum PostgresNumeric {
    /// Without what comes after the point.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        guard let number = Number(bytes) else { return 0 }
        var value: Int64 = 0
        for index in 0..<max(0, number.weight + 1) {
            value = value &* 10_000 &+ Int64(index < number.digits.count ? number.digits[index] : 0)
        }
        return number.isNegative ? -value : value
    }

    static func real(_ bytes: UnsafeRawBufferPointer) -> Double {
        guard let number = Number(bytes) else { return 0 }
        var value = 0.0
        for digit in number.digits { value = value * 10_000 + Double(digit) }
        var exponent = number.weight + 1 - number.digits.count
        while exponent > 0 {
            value *= 10_000
            exponent -= 1
        }
        while exponent < 0 {
            value /= 10_000
            exponent += 1
        }
        return number.isNegative ? -value : value
    }

    private struct Number {
        let weight: Int
        let isNegative: Bool
        let digits: [Int]

        /// - Returns: `nil` for NULL and for what is no finite number.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 8 else { return nil }
            func word(_ place: Int) -> Int { Int(bytes[place]) << 8 | Int(bytes[place + 1]) }
            let count = word(0)
            guard word(4) == 0 || word(4) == 0x4000, bytes.count >= 8 + 2 * count else { return nil }
            weight = Int(Int16(truncatingIfNeeded: word(2)))
            isNegative = word(4) == 0x4000
            digits = (0..<count).map { word(8 + 2 * $0) }
        }
    }
}
