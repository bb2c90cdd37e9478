import Kernel
import Testing

@Suite("Money")
struct MoneyTests {
    @Test("a currency is three capital letters")
    func currency() {
        #expect(Currency("EUR") == .eur && Currency("GBP") == .gbp)
        for code in ["", "EU", "EURO", "eur", "EU1", "ÉUR", "E R"] { #expect(Currency(code) == nil) }
        #expect(Currency("JPY")?.minorDigits == 0 && Currency("KWD")?.minorDigits == 3 && Currency.eur.minorDigits == 2)
    }

    @Test("amounts are written with the currency's digits")
    func text() throws {
        #expect(Money(1999, .eur).description == "19.99 EUR" && Money(5, .eur).description == "0.05 EUR")
        #expect(Money(-5, .eur).description == "-0.05 EUR" && Money(0, .gbp).description == "0.00 GBP")
        #expect(Money(1999, try #require(Currency("JPY"))).description == "1999 JPY")
        #expect(Money(1999, try #require(Currency("KWD"))).description == "1.999 KWD")
        #expect(Money(.min, .eur).description == "-92233720368547758.08 EUR")
    }

    static let divided: [(Int64, [Int64], [Int64])] = [
        (100, [1, 1, 1], [34, 33, 33]), (100, [0, 0, 0], [34, 33, 33]), (0, [5, 7], [0, 0]), (7, [1], [7]),
        (10, [0, 1], [0, 10]), (1, [1, 1], [1, 0]), (100, [1, 2, 3], [17, 33, 50]),
        // The remainders are 0.1, 0.8 and 0.1 of a unit: the largest gets the unit, not the first.
        (1, [1, 8, 1], [0, 1, 0]),
        (Int64.max, [Int64.max / 2, Int64.max / 2], [Int64.max / 2 + 1, Int64.max / 2]),
    ]

    @Test("divides by largest remainder, ties to the earlier", arguments: divided)
    func largestRemainder(amount: Int64, weights: [Int64], parts: [Int64]) {
        #expect(MoneyAllocation.proportional(amount, weights: weights) == parts)
    }

    @Test("random divisions add up, and no part is off by a whole unit")
    func sums() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let amount = Int64.random(in: 0...1_000_000, using: &generator)
            let weights = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                Int64.random(in: 0...5000, using: &generator)
            }
            let parts = MoneyAllocation.proportional(amount, weights: weights)
            let total = weights.reduce(0, +)
            #expect(parts.reduce(0, +) == amount && parts.count == weights.count)
            guard total > 0 else { continue }
            for (part, weight) in zip(parts, weights) {
                #expect(abs(part * total - amount * weight) < total, "\(part) of \(amount) for \(weight)/\(total)")
            }
        }
    }

    @Test("unit values of a line add up to its total, however the line is cut")
    func unitValues() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<1000 {
            let quantity = Int.random(in: 1...40, using: &generator)
            let total = Int64.random(in: 0...10_000, using: &generator)
            func value(_ first: Int, _ count: Int) -> Int64 {
                MoneyAllocation.value(ofUnits: first, count: count, total: total, quantity: quantity)
            }
            let units = (0..<quantity).map { value($0, 1) }
            #expect(units.reduce(0, +) == total && value(0, quantity) == total)
            #expect(units == units.sorted(by: >) && (units.max() ?? 0) - (units.min() ?? 0) <= 1)
            let first = Int.random(in: 0...quantity, using: &generator)
            let count = Int.random(in: 0...(quantity - first), using: &generator)
            #expect(value(first, count) == units[first..<(first + count)].reduce(0, +))
        }
    }

    @Test("the first units of a line carry the odd cents")
    func oddCents() {
        let units = (0..<3).map { MoneyAllocation.value(ofUnits: $0, count: 1, total: 1001, quantity: 3) }
        #expect(units == [334, 334, 333])
        #expect(MoneyAllocation.value(ofUnits: 3, count: 0, total: 1001, quantity: 3) == 0)
    }
}

@Suite("Unit ranges")
struct UnitRangeTests {
    @Test("splits the last units off")
    func splitting() {
        let range = UnitRange(line: 2, first: 3, count: 5)
        let (kept, split) = range.splittingLast(2)
        #expect(kept == UnitRange(line: 2, first: 3, count: 3) && split == UnitRange(line: 2, first: 6, count: 2))
        for count in [5, 6, 100] {
            let whole = range.splittingLast(count)
            #expect(whole.kept == nil && whole.split == range)
        }
    }

    @Test("no unit is lost or doubled", arguments: 1...9)
    func units(count: Int) {
        let range = UnitRange(line: 1, first: 4, count: 8)
        let (kept, split) = range.splittingLast(count)
        let places = [kept, split].compactMap { $0 }.flatMap { Array($0.first..<($0.first + $0.count)) }
        #expect(places == Array(4..<12))
    }
}
