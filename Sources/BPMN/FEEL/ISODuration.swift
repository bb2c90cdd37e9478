import Kernel

/// A duration of ISO 8601: months apart from milliseconds, since a month has no fixed length.
///
/// - Source: ISO 8601-1, clause 5.5.2.
struct ISODuration: Hashable, Sendable, CustomStringConvertible {
    var months: Int64 = 0
    var milliseconds: Int64 = 0

    init(months: Int64 = 0, milliseconds: Int64 = 0) {
        self.months = months
        self.milliseconds = milliseconds
    }

    /// - Returns: `nil` for anything that is no duration, or too long for 64 bits of milliseconds.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        guard rest.first == "P" else { return nil }
        rest.removeFirst()
        var isTime = false
        var parts = 0
        var lastUnit = -1
        while let first = rest.first {
            if first == "T" {
                guard !isTime else { return nil }
                isTime = true
                rest.removeFirst()
                guard !rest.isEmpty else { return nil }
                continue
            }
            guard let (whole, fraction) = Self.amount(&rest), let unit = rest.popFirst(),
                let order = "YMWDhms".firstIndex(of: isTime ? Character(unit.lowercased()) : unit)
            else { return nil }
            let place = "YMWDhms".distance(from: "YMWDhms".startIndex, to: order)
            guard place > lastUnit, isTime == (place > 3), fraction == 0 || place == 6 else { return nil }
            lastUnit = place
            guard add(whole, fraction, place) else { return nil }
            parts += 1
        }
        guard parts > 0 else { return nil }
        if isNegative {
            months = -months
            milliseconds = -milliseconds
        }
    }

    private static func amount(_ rest: inout Substring) -> (whole: Int64, milliseconds: Int64)? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let whole = Int64(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        guard rest.first == "." || rest.first == "," else { return (whole, 0) }
        rest.removeFirst()
        let fraction = rest.prefix { $0.isASCII && $0.isNumber }
        guard !fraction.isEmpty else { return nil }
        rest = rest.dropFirst(fraction.count)
        return (whole, Int64((fraction + "000").prefix(3)) ?? 0)
    }

    private mutating func add(_ whole: Int64, _ fraction: Int64, _ place: Int) -> Bool {
        let factors: [Int64] = [12, 1, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000]
        let (product, overflow) = whole.multipliedReportingOverflow(by: factors[place])
        guard !overflow else { return false }
        let target = place < 2 ? months : milliseconds
        let (sum, sumOverflow) = target.addingReportingOverflow(product)
        let (total, totalOverflow) = sum.addingReportingOverflow(fraction)
        guard !sumOverflow, !totalOverflow, total < Int64.max / 4 else { return false }
        if place < 2 { months = total } else { milliseconds = total }
        return true
    }

    var description: String {
        if months != 0 {
            let (years, rest) = months.magnitude.quotientAndRemainder(dividingBy: 12)
            return (months < 0 ? "-P" : "P") + (years > 0 ? "\(years)Y" : "") + (rest > 0 ? "\(rest)M" : "")
        }
        let total = milliseconds.magnitude
        if total == 0 { return "PT0S" }
        let (days, inDay) = total.quotientAndRemainder(dividingBy: 86_400_000)
        var text = (milliseconds < 0 ? "-P" : "P") + (days > 0 ? "\(days)D" : "")
        if inDay > 0 {
            text += "T"
            if inDay / 3_600_000 > 0 { text += "\(inDay / 3_600_000)H" }
            if inDay / 60_000 % 60 > 0 { text += "\(inDay / 60_000 % 60)M" }
            let seconds = inDay % 60_000
            if seconds > 0 {
                let thousandths = String(1000 + seconds % 1000).dropFirst()
                text += "\(seconds / 1000)" + (seconds % 1000 > 0 ? ".\(thousandths)" : "") + "S"
            }
        }
        return text
    }

    /// The instant that much later: first the months (the day is cut to the month's length), then the milliseconds.
    ///
    /// - Returns: `nil` when the result is out of range.
    func added(to instant: Instant) -> Instant? {
        var base = instant.milliseconds
        if months != 0 {
            let days = base >= 0 ? base / 86_400_000 : (base - 86_399_999) / 86_400_000
            let date = CivilDate(daysSince1970: days)
            let month = date.year * 12 + date.month - 1 + months
            guard (12...119_999).contains(month) else { return nil }
            var day = date.day
            var moved = CivilDate(year: month / 12, month: month % 12 + 1, day: day)
            while moved == nil, day > 28 {
                day -= 1
                moved = CivilDate(year: month / 12, month: month % 12 + 1, day: day)
            }
            guard let moved else { return nil }
            base = moved.daysSince1970 * 86_400_000 + (base - days * 86_400_000)
        }
        let (sum, overflow) = base.addingReportingOverflow(milliseconds)
        return overflow ? nil : Instant(milliseconds: sum)
    }
}
