import Kernel

/// A number or a time as people write it, as the range of stored values that it means.
struct SearchValue {
    enum Refusal: Error {
        case malformed(SearchField.Kind)
        case empty

        func reason(_ text: String) -> SearchSyntaxError.Reason {
            switch self {
            case .malformed(.time): .invalidTime(text)
            case .malformed(.amount): .invalidAmount(text)
            case .malformed: .invalidCount(text)
            case .empty: .emptyRange(text)
            }
        }
    }

    let kind: SearchField.Kind
    let now: Instant

    /// The least and the greatest value that any field can have.
    static let bounds: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    func range(
        _ text: String, _ comparison: SearchLexer.Comparison
    ) throws(Refusal) -> ClosedRange<Int64> {
        if comparison == .equal, let dots = text.firstRange(of: "..") {
            let first = text[..<dots.lowerBound]
            let last = text[dots.upperBound...]
            guard !first.isEmpty || !last.isEmpty else { throw .malformed(kind) }
            let lower = first.isEmpty ? Self.bounds.lowerBound : try single(String(first)).lowerBound
            let upper = last.isEmpty ? Self.bounds.upperBound : try single(String(last)).upperBound
            guard lower <= upper else { throw .empty }
            return lower...upper
        }
        let value = try single(text)
        switch comparison {
        case .equal: return value
        case .less: return Self.bounds.lowerBound...(value.lowerBound - 1)
        case .lessOrEqual: return Self.bounds.lowerBound...value.upperBound
        case .greater: return (value.upperBound + 1)...Self.bounds.upperBound
        case .greaterOrEqual: return value.lowerBound...Self.bounds.upperBound
        }
    }

    private func single(_ text: String) throws(Refusal) -> ClosedRange<Int64> {
        let found: ClosedRange<Int64>?
        switch kind {
        case .amount: found = Self.amount(text).map { $0...$0 }
        case .time: found = time(text)
        default: found = Int64(text).map { $0...$0 }
        }
        // Room for one more or less at both ends.
        guard let found, found.lowerBound > Self.bounds.lowerBound, found.upperBound < Self.bounds.upperBound else {
            throw .malformed(kind)
        }
        return found
    }

    /// `20`, `19.99` or `19,99`, with at most three digits behind the point, in thousandths.
    private static func amount(_ text: String) -> Int64? {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count <= 2, (1...12).contains(pieces[0].utf8.count), let whole = Int64(pieces[0]), whole >= 0
        else {
            return nil
        }
        guard pieces.count == 2 else { return whole * 1000 }
        let digits = pieces[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let fraction = Int64(digits)
        else { return nil }
        let scale: Int64 = digits.utf8.count == 1 ? 100 : digits.utf8.count == 2 ? 10 : 1
        return whole * 1000 + fraction * scale
    }

    private func time(_ text: String) -> ClosedRange<Int64>? {
        let today = Self.dayStart(now)
        switch text.lowercased() {
        case "now": return now.milliseconds...now.milliseconds
        case "today": return Self.day(today)
        case "yesterday": return Self.day(today - Self.dayLength)
        default: break
        }
        if let age = age(text) { return age...age }
        if let instant = Instant(rfc3339: text) { return instant.milliseconds...instant.milliseconds }
        return Self.calendar(text)
    }

    /// `7d`, `12h`, `30min`, `2w`: so long ago.
    private func age(_ text: String) -> Int64? {
        let units: [(String, Int64)] = [
            ("min", 60_000), ("h", 3_600_000), ("d", Self.dayLength), ("w", 7 * Self.dayLength),
        ]
        for (unit, length) in units where text.hasSuffix(unit) {
            let number = text.dropLast(unit.utf8.count)
            guard (1...5).contains(number.utf8.count), let count = Int64(number), count >= 0 else { continue }
            return now.milliseconds - count * length
        }
        return nil
    }

    /// A year, a month or a day, as a whole.
    private static func calendar(_ text: String) -> ClosedRange<Int64>? {
        let pieces = text.split(separator: "-", omittingEmptySubsequences: false)
        let widths = [4, 2, 2]
        guard (1...3).contains(pieces.count) else { return nil }
        var numbers: [Int64] = []
        for (piece, width) in zip(pieces, widths) {
            guard piece.utf8.count == width, piece.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int64(piece)
            else { return nil }
            numbers.append(number)
        }
        guard numbers[0] >= 1000 else { return nil }
        let first = CivilDate(
            year: numbers[0], month: numbers.count > 1 ? numbers[1] : 1, day: numbers.count > 2 ? numbers[2] : 1)
        guard let first else { return nil }
        let start = first.daysSince1970 * dayLength
        switch numbers.count {
        case 3: return day(start)
        case 2:
            let isLast = first.month == 12
            let next = CivilDate(year: first.year + (isLast ? 1 : 0), month: isLast ? 1 : first.month + 1, day: 1)
            return next.map { start...($0.daysSince1970 * dayLength - 1) }
        default:
            return CivilDate(year: first.year + 1, month: 1, day: 1).map { start...($0.daysSince1970 * dayLength - 1) }
        }
    }

    private static let dayLength: Int64 = 86_400_000

    private static func day(_ start: Int64) -> ClosedRange<Int64> { start...(start + dayLength - 1) }

    private static func dayStart(_ instant: Instant) -> Int64 {
        let remainder = instant.milliseconds % dayLength
        return instant.milliseconds - (remainder < 0 ? remainder + dayLength : remainder)
    }
}
