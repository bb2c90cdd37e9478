import Kernel
import Ports

/// The parameters of one execution as the server takes them: one buffer, and where in it each parameter is.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    /// -1 for NULL.
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init() {}

    /// One value per parameter.
    init(_ values: [SQLValue], _ types: [PostgresType]) throws(Fault) {
        guard values.count >= types.count else { throw Self.tooFew(values.count, types.count) }
        for (index, type) in types.enumerated() { try append(values[index], type) }
    }

    /// One array per parameter, of the values that the rows have for it.
    init(rows: [[SQLValue]], _ types: [PostgresType]) throws(Fault) {
        bytes.reserveCapacity(rows.count * types.count * 16)
        for (index, type) in types.enumerated() { try appendArray(rows, index, type) }
    }

    private static func tooFew(_ given: Int, _ asked: Int) -> Fault {
        Fault("database_error", retryable: false, "\(given) of \(asked) parameters")
    }

    private mutating func append(_ value: SQLValue, _ type: PostgresType) throws(Fault) {
        formats.append(type.isBinary ? 1 : 0)
        if value == .null {
            offsets.append(-1)
            lengths.append(0)
            return
        }
        let start = bytes.count
        if type.isBinary { try encode(value, type) } else { try encodeText(value, type) }
        offsets.append(start)
        lengths.append(Int32(bytes.count - start))
        // The text format ends at a zero.
        if !type.isBinary { bytes.append(0) }
    }

    /// An array of one dimension in the binary format.
    private mutating func appendArray(_ rows: [[SQLValue]], _ index: Int, _ type: PostgresType) throws(Fault) {
        let start = bytes.count
        append(Int32(1))
        // Whether there may be NULLs; the server looks itself.
        append(Int32(1))
        append(Int32(bitPattern: type.oid))
        append(Int32(rows.count))
        append(Int32(1))
        for row in rows {
            guard index < row.count else { throw Self.tooFew(row.count, index + 1) }
            if row[index] == .null {
                append(Int32(-1))
                continue
            }
            let place = bytes.count
            append(Int32(0))
            try encode(row[index], type)
            overwrite(Int32(bytes.count - place - 4), at: place)
        }
        offsets.append(start)
        lengths.append(Int32(bytes.count - start))
        formats.append(1)
    }

    private mutating func encode(_ value: SQLValue, _ type: PostgresType) throws(Fault) {
        switch (type, value) {
        case (.int8, .integer(let integer)): append(integer)
        case (.int4, .integer(let integer)):
            guard let narrow = Int32(exactly: integer) else { throw Self.mismatch(value, type) }
            append(narrow)
        case (.int2, .integer(let integer)):
            guard let narrow = Int16(exactly: integer) else { throw Self.mismatch(value, type) }
            append(narrow)
        case (.bool, .integer(let integer)): bytes.append(integer == 0 ? 0 : 1)
        case (.float8, .real(let real)): append(real.bitPattern)
        case (.float8, .integer(let integer)): append(Double(integer).bitPattern)
        case (.float4, .real(let real)): append(Float(real).bitPattern)
        case (.text, .text(var text)), (.bytea, .text(var text)):
            text.withUTF8 { bytes.append(contentsOf: $0) }
        case (.text, .blob(let blob)), (.bytea, .blob(let blob)): bytes.append(contentsOf: blob)
        case (.text, .integer(let integer)): bytes.append(contentsOf: String(integer).utf8)
        default: throw Self.mismatch(value, type)
        }
    }

    private mutating func encodeText(_ value: SQLValue, _ type: PostgresType) throws(Fault) {
        switch value {
        case .integer(let integer): bytes.append(contentsOf: String(integer).utf8)
        case .real(let real): bytes.append(contentsOf: "\(real)".utf8)
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .null, .blob: throw Self.mismatch(value, type)
        }
    }

    private static func mismatch(_ value: SQLValue, _ type: PostgresType) -> Fault {
        Fault("database_error", retryable: false, "the value \(value) is none of type \(type)")
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func overwrite(_ value: Int32, at place: Int) {
        withUnsafeBytes(of: value.bigEndian) { raw in
            for (index, byte) in raw.enumerated() { bytes[place + index] = byte }
        }
    }

    /// Hands the parameters to `body` as libpq wants them: count, values, lengths, formats; valid only during the call.
    func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { raw in
            let base = raw.bindMemory(to: CChar.self).baseAddress
            // An empty text is no NULL, even in an empty buffer.
            return withUnsafePointer(to: CChar(0)) { empty in
                let pointers = offsets.map { offset -> UnsafePointer<CChar>? in
                    offset < 0 ? nil : base.map { $0 + offset } ?? empty
                }
                return body(Int32(offsets.count), pointers, lengths, formats)
            }
        }
    }
}
