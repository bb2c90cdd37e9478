import Kernel

/// Sets of units as lists of ranges: sorted by line and place, without overlaps, neighbors joined.
extension [UnitRange] {
    /// How many units.
    public var unitCount: Int { reduce(0) { $0 + $1.count } }

    /// The same units in the one form that equal sets share.
    ///
    /// - Complexity: O(n log n).
    public var normalized: [UnitRange] {
        guard count > 1 else { return self }
        var result: [UnitRange] = []
        for range in sorted(by: { ($0.line, $0.first) < ($1.line, $1.first) }) {
            if let last = result.last, last.line == range.line, range.first <= last.first + last.count {
                let end = Swift.max(last.first + last.count, range.first + range.count)
                result[result.count - 1].count = end - last.first
            } else {
                result.append(range)
            }
        }
        return result
    }

    public func union(_ other: [UnitRange]) -> [UnitRange] { (self + other).normalized }

    /// The units that are not in `other`.
    ///
    /// - Complexity: O(n·m).
    public func subtracting(_ other: [UnitRange]) -> [UnitRange] {
        var result = self
        for gone in other { result = result.flatMap { Self.cut(gone, outOf: $0) } }
        return result
    }

    /// The units that are in `other` too.
    public func intersection(_ other: [UnitRange]) -> [UnitRange] { subtracting(subtracting(other)) }

    /// The first `count` units, or all when there are no more than that.
    public func prefix(units count: Int) -> [UnitRange] {
        var left = count
        var result: [UnitRange] = []
        for range in self where left > 0 {
            result.append(UnitRange(line: range.line, first: range.first, count: Swift.min(left, range.count)))
            left -= range.count
        }
        return result
    }

    private static func cut(_ gone: UnitRange, outOf range: UnitRange) -> [UnitRange] {
        let end = range.first + range.count
        let start = Swift.max(range.first, gone.first)
        let stop = Swift.min(end, gone.first + gone.count)
        guard range.line == gone.line, start < stop else { return [range] }
        var rest: [UnitRange] = []
        if range.first < start {
            rest.append(UnitRange(line: range.line, first: range.first, count: start - range.first))
        }
        if stop < end { rest.append(UnitRange(line: range.line, first: stop, count: end - stop)) }
        return rest
    }

    // MARK: Stored form

    /// `line.first.count` per range, separated by spaces: short enough for a row and readable by a person.
    public var text: String {
        var bytes: [UInt8] = []
        for range in self {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            bytes.append(contentsOf: String(range.line).utf8)
            bytes.append(UInt8(ascii: "."))
            bytes.append(contentsOf: String(range.first).utf8)
            bytes.append(UInt8(ascii: "."))
            bytes.append(contentsOf: String(range.count).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Throws: `malformed_units`.
    public init(unitsText text: String) throws(Fault) {
        self.init()
        var numbers: [Int] = []
        var current = 0
        var hasDigit = false
        func malformed() -> Fault { Fault("malformed_units", retryable: false, text) }
        for byte in text.utf8 + [UInt8(ascii: " ")] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                current = current * 10 + Int(byte - UInt8(ascii: "0"))
                hasDigit = true
            case UInt8(ascii: "."), UInt8(ascii: " "):
                guard hasDigit else {
                    if text.isEmpty { return }
                    throw malformed()
                }
                numbers.append(current)
                current = 0
                hasDigit = false
                guard byte == UInt8(ascii: " ") else { continue }
                guard numbers.count == 3, numbers[0] > 0, numbers[2] > 0 else { throw malformed() }
                append(UnitRange(line: numbers[0], first: numbers[1], count: numbers[2]))
                numbers.removeAll(keepingCapacity: true)
            default: throw malformed()
            }
        }
    }
}
