/// A currency by its ISO 4217 code.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// Three capital letters.
    public let code: String

    /// - Returns: `nil` unless the code is three capital ASCII letters.
    public init?(_ code: some StringProtocol) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.code = String(code)
    }

    private init(known code: String) { self.code = code }

    public static let eur = Currency(known: "EUR")
    public static let gbp = Currency(known: "GBP")

    /// How many digits of the amount stand after the decimal point: ISO 4217, "minor unit".
    public var minorDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            return 0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": return 3
        default: return 2
        }
    }

    public var description: String { code }
}

/// An amount of money in minor units of one currency.
public struct Money: Hashable, Sendable, CustomStringConvertible {
    /// Minor units: 1999 is 19.99 EUR.
    public var amount: Int64
    public let currency: Currency

    public init(_ amount: Int64, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    /// For example `19.99 EUR`.
    public var description: String {
        let digits = currency.minorDigits
        let sign = amount < 0 ? "-" : ""
        let text = String(amount.magnitude)
        if digits == 0 { return "\(sign)\(text) \(currency)" }
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits)) \(currency)"
    }
}

/// How an amount is divided: every part gets its share, the parts add up to the whole, nothing is lost to rounding.
public enum MoneyAllocation {
    /// Divides an amount in proportion to weights, by largest remainder; ties go to the earlier part.
    ///
    /// - Parameters:
    ///   - amount: minor units, 0 or more.
    ///   - weights: one per part, each 0 or more, at least one part. When all are 0, the parts count equally.
    /// - Returns: one amount per weight, in order; the sum is `amount`.
    /// - Complexity: O(n log n).
    public static func proportional(_ amount: Int64, weights: [Int64]) -> [Int64] {
        precondition(amount >= 0 && !weights.isEmpty, "cannot divide \(amount) into \(weights.count) parts")
        let total = weights.reduce(0, +)
        if total == 0 { return proportional(amount, weights: weights.map { _ in 1 }) }
        var parts: [Int64] = []
        var remainders: [(index: Int, remainder: UInt64)] = []
        var given: Int64 = 0
        for (index, weight) in weights.enumerated() {
            precondition(weight >= 0, "negative weight \(weight) at \(index)")
            let product = amount.multipliedFullWidth(by: weight)
            let (quotient, remainder) = total.dividingFullWidth(product)
            parts.append(quotient)
            given += quotient
            remainders.append((index, UInt64(remainder)))
        }
        remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
        for entry in remainders.prefix(Int(amount - given)) { parts[entry.index] += 1 }
        return parts
    }

    /// The value of units `first..<first + count` of a line whose `quantity` units are worth `total` together.
    ///
    /// The first `total mod quantity` units are worth one minor unit more than the others. A unit's value follows
    /// from its place alone: it is decided when the order is placed and never computed anew.
    ///
    /// - Complexity: O(1).
    public static func value(ofUnits first: Int, count: Int, total: Int64, quantity: Int) -> Int64 {
        precondition(
            first >= 0 && count >= 0 && first + count <= quantity,
            "units \(first)..<\(first + count) of \(quantity)")
        guard count > 0 else { return 0 }
        let (each, extra) = total.quotientAndRemainder(dividingBy: Int64(quantity))
        let extraUnits = max(0, min(Int64(first + count), extra) - Int64(first))
        return each * Int64(count) + extraUnits
    }
}
