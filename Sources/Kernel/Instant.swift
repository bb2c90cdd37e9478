/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (instant: Self, duration: Duration) -> Self {
        Self(milliseconds: instant.milliseconds + duration.inMilliseconds)
    }
    public static func - (instant: Self, duration: Duration) -> Self {
        Self(milliseconds: instant.milliseconds - duration.inMilliseconds)
    }
    public static func - (left: Self, right: Self) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds, rounded toward zero.
    public var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

/// Text: RFC 3339.
extension Instant: CustomStringConvertible {
    /// For example `2026-11-24T08:30:00.000Z`: UTC, always with milliseconds, so that texts sort as instants do.
    /// An instant that RFC 3339 cannot write says its milliseconds.
    public var description: String {
        isWritable ? rfc3339 : "\(milliseconds) ms"
    }

    /// The text that ``init(rfc3339:)`` reads back. The instant must be in the years 1–9999, which four digits can write.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.textCount) { writeText(into: $0) }
    }

    /// In the years 1–9999.
    private var isWritable: Bool { Self.writableMilliseconds.contains(milliseconds) }

    /// Bytes of the text.
    static let textCount = 24

    /// Writes ``rfc3339``; the instant must be in the years 1–9999.
    ///
    /// - Parameter buffer: has room for ``textCount`` bytes.
    /// - Returns: how many were written.
    func writeText(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(
            isWritable,
            "\(milliseconds) ms is outside the years 1-9999, \(Self.writableMilliseconds) ms")
        let (days, dayMilliseconds) = milliseconds.quotientAndPositiveRemainder(dividingBy: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        let seconds = dayMilliseconds / 1000
        func put(_ value: Int64, at offset: Int, digits: Int) {
            var value = value
            for position in stride(from: offset + digits - 1, through: offset, by: -1) {
                buffer[position] = UInt8(ascii: "0") + UInt8(value % 10)
                value /= 10
            }
        }
        put(date.year, at: 0, digits: 4)
        buffer[4] = UInt8(ascii: "-")
        put(date.month, at: 5, digits: 2)
        buffer[7] = UInt8(ascii: "-")
        put(date.day, at: 8, digits: 2)
        buffer[10] = UInt8(ascii: "T")
        put(seconds / 3600, at: 11, digits: 2)
        buffer[13] = UInt8(ascii: ":")
        put(seconds / 60 % 60, at: 14, digits: 2)
        buffer[16] = UInt8(ascii: ":")
        put(seconds % 60, at: 17, digits: 2)
        buffer[19] = UInt8(ascii: ".")
        put(dayMilliseconds % 1000, at: 20, digits: 3)
        buffer[23] = UInt8(ascii: "Z")
        return Self.textCount
    }

    /// The years 1–9999.
    private static let writableMilliseconds: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// Reads an RFC 3339 date-time: an offset is required, fractions beyond milliseconds are cut off, a leap second
    /// counts as the second after.
    ///
    /// - Returns: `nil` for anything else, and outside the years 1–9999.
    /// - Source: RFC 3339, section 5.6.
    public init?(rfc3339 text: some StringProtocol) {
        // What every string but a foreign one has at hand.
        let known = text.utf8.withContiguousStorageIfAvailable { Self.read($0) }
        guard let read = known ?? Array(text.utf8).withUnsafeBufferPointer({ Self.read($0) }) else { return nil }
        milliseconds = read
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2), scanner.skip(":"),
            let second = scanner.number(2), year >= 1, hour < 24, minute < 60, second <= 60,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var fraction: Int64 = 0
        if scanner.skip(".") {
            guard let read = scanner.fraction() else { return nil }
            fraction = read
        }
        var offsetMinutes: Int64 = 0
        if !(scanner.skip("Z") || scanner.skip("z")) {
            let sign: Int64
            if scanner.skip("+") { sign = 1 } else if scanner.skip("-") { sign = -1 } else { return nil }
            guard let hours = scanner.number(2), scanner.skip(":"), let minutes = scanner.number(2), hours < 24,
                minutes < 60
            else { return nil }
            offsetMinutes = sign * (hours * 60 + minutes)
        }
        guard scanner.isAtEnd else { return nil }
        let seconds = hour * 3600 + minute * 60 + second - offsetMinutes * 60
        let read = date.daysSince1970 * 86_400_000 + seconds * 1000 + fraction
        // An offset or a leap second can lead out of the years that four digits can write.
        return writableMilliseconds.contains(read) ? read : nil
    }
}

/// A day in the proleptic Gregorian calendar.
///
/// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (the arithmetic).
public struct CivilDate: Hashable, Sendable {
    public let year: Int64
    public let month: Int64
    public let day: Int64

    /// - Returns: `nil` for a day that does not exist.
    public init?(year: Int64, month: Int64, day: Int64) {
        let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard (1...12).contains(month), day >= 1,
            day <= lengths[Int(month) - 1] + (month == 2 && isLeap ? 1 : 0)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    public init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndPositiveRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    public var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.quotientAndPositiveRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    func quotientAndPositiveRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Reads fixed-width digits and single characters from bytes.
struct DigitScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.endIndex }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func digit() -> Int64? {
        guard index < bytes.endIndex, case let byte = bytes[index], (48...57).contains(byte) else { return nil }
        index += 1
        return Int64(byte) - 48
    }

    mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One or more digits after the point, as milliseconds.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }
}
