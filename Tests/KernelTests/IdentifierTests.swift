import Kernel
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("the text reads back", arguments: [1, 31, 32, 1023, 1_000_000, Int64.max - 1, Int64.max])
    func roundTrip(rawValue: Int64) {
        let id = OrderID(rawValue: rawValue)
        #expect(id.text.utf8.count == 17 && id.text.hasPrefix("ord_") && id.description == id.text)
        #expect(OrderID(text: id.text) == id)
        #expect(ProductID(text: id.text) == nil)
    }

    @Test("texts sort as the integers do")
    func order() {
        var generator = SeededGenerator(seed: 7)
        let ids = (0..<2000).map { _ in
            let bits = Int64.random(in: 1...62, using: &generator)
            return OrderID(rawValue: Int64.random(in: 1...(1 << bits), using: &generator))
        }
        #expect(ids.sorted().map(\.text) == ids.map(\.text).sorted())
        #expect(ids.allSatisfy { OrderID(text: $0.text) == $0 })
    }

    @Test("known texts")
    func known() {
        #expect(OrderID(rawValue: 1).text == "ord_0000000000001")
        #expect(WarehouseID(rawValue: 32 * 32 - 1).text == "whs_00000000000zz")
        #expect(OrderID(rawValue: .max).text == "ord_7zzzzzzzzzzzz")
    }

    @Test(
        "refuses what is no order's identifier",
        arguments: [
            "", "ord", "ord_", "0000000000001", "prd_0000000000001", "ORD_0000000000001", "ord-0000000000001",
            "ord_000000000001", "ord_00000000000001", "ord_0000000000001 ", " ord_0000000000001",
            "ord_000000000000A", "ord_000000000000i", "ord_000000000000l", "ord_000000000000o", "ord_000000000000u",
            "ord_000000000000-", "ord_000000000000é", "ord_0000000000000", "ord_8000000000000", "ord_fzzzzzzzzzzzz",
            "ord_g000000000000", "ord_zzzzzzzzzzzzz",
        ])
    func refusals(text: String) {
        #expect(OrderID(text: text) == nil)
    }

    @Test("a generator grows within a millisecond and with the clock")
    func generator() {
        var generator = IDGenerator(after: 0)
        let start = Instant(milliseconds: 1_800_000_000_000)
        var last: OrderID = generator.next(now: start)
        for step in 0..<5000 {
            let next: OrderID = generator.next(now: start + .milliseconds(step / 100))
            #expect(next > last)
            last = next
        }
    }

    @Test("a clock that was set back makes no identifier twice")
    func clockSetBack() {
        var generator = IDGenerator(after: 0)
        let now = Instant(milliseconds: 1_800_000_000_000)
        let first: OrderID = generator.next(now: now)
        let second: OrderID = generator.next(now: now - .seconds(3600))
        let third: OrderID = generator.next(now: Instant(milliseconds: 0))
        #expect(first < second && second < third)
        var restarted = IDGenerator(after: third.rawValue)
        let fourth: OrderID = restarted.next(now: now - .seconds(3600))
        #expect(third < fourth && fourth.rawValue == third.rawValue + 1)
    }

    @Test("the same instants make the same identifiers, also before the epoch of identifiers")
    func repeatable() {
        var left = IDGenerator(after: 0)
        var right = IDGenerator(after: 0)
        for milliseconds: Int64 in [0, 1, 1_704_067_200_000, 1_800_000_000_000, 1_700_000_000_000] {
            let now = Instant(milliseconds: milliseconds)
            let one: OrderID = left.next(now: now)
            let other: OrderID = right.next(now: now)
            #expect(one == other && one.rawValue > 0)
        }
    }

    @Test func identifiersBelongToTheirPartitionAndNeverCollide() {
        let now = Instant(milliseconds: 1_764_000_000_000)
        var seen: Set<Int64> = []
        for number in 0..<3 {
            var generator = IDGenerator(after: 0, in: Partition(number, of: 3))
            var last: Int64 = 0
            for _ in 0..<50 {
                let id: OrderID = generator.next(now: now)
                #expect(id.rawValue > last)
                #expect(Partition.number(of: id.rawValue, among: 3) == number)
                #expect(seen.insert(id.rawValue).inserted)
                last = id.rawValue
            }
        }
    }

    /// Work tasks of a fulfillment order differ from it in the last two bits alone.
    @Test func theLastTwoBitsDoNotCount() {
        #expect((0..<4).map { Partition.number(of: 40 + $0, among: 8) } == [2, 2, 2, 2])
        #expect(Partition.number(of: 44, among: 8) == 3)
    }
}
