import Kernel
import Shipping
import Testing

@testable import HTTPAPI

@Suite struct MessagesSeenTests {
    private let one = ShipmentID(rawValue: 1)
    private let other = ShipmentID(rawValue: 2)
    private let start = Instant(milliseconds: 1_000_000)

    @Test func aMessageIsRememberedForAsLongAsItsSignatureIsBelieved() {
        let seen = MessagesSeen()
        #expect(seen.note([1], about: one, now: start))
        // From five minutes ahead to five minutes behind, and a second more on both sides.
        let last = start + .seconds(602)
        #expect(!seen.note([1], about: other, now: last))
        #expect(seen.note([1], about: one, now: last))
        #expect(seen.note([2], about: other, now: last))
        #expect(!seen.note([1], about: other, now: last + .seconds(602)), "the former generation is kept as long")
    }

    @Test func whatIsOldIsForgotten() {
        let seen = MessagesSeen()
        #expect(seen.note([1], about: one, now: start))
        for minute in 1...3 { #expect(seen.note([9], about: one, now: start + .seconds(Int64(minute) * 603))) }
        #expect(seen.note([1], about: other, now: start + .seconds(4 * 603)))
    }

    @Test func aFloodForgetsTheOldestOnly() {
        let seen = MessagesSeen(capacity: 10)
        for message in UInt8(0)..<25 { #expect(seen.note([message], about: one, now: start)) }
        #expect(!seen.note([24], about: other, now: start))
        #expect(!seen.note([15], about: other, now: start))
        #expect(seen.note([0], about: other, now: start))
    }
}
