import Contracts
import Kernel
import Testing

@testable import Runtime

@Suite struct RecentEventsTests {
    let recent = RecentEvents(capacity: 100)

    private func append(_ positions: ClosedRange<Int64>) {
        recent.append(
            positions.map { position in
                Envelope(
                    partition: 0, position: position, recordedAt: Instant(milliseconds: 0),
                    event: .orders(
                        .productRegistered(
                            ProductRegistered(productID: ProductID(rawValue: 1), sku: "s", name: "n", weightGrams: 1))))
            })
    }

    private func read(after position: Int64, limit: Int = 1000, by reader: RecentEvents.ReaderID) -> [Int64]? {
        recent.read(.orders, partition: 0, after: position, limit: limit, by: reader)?.map(\.position)
    }

    @Test func whatEveryReaderHasReadGoes() {
        let (one, other) = (recent.makeReader(), recent.makeReader())
        append(1...10)
        #expect(read(after: 0, limit: 3, by: one) == [1, 2, 3])
        #expect(read(after: 0, by: other)?.count == 10)
        #expect(read(after: 10, by: one) == [])
        #expect(recent.count == 10, "the other has not said that it has read them")
        #expect(read(after: 10, by: other) == [])
        #expect(recent.count == 1)
    }

    @Test func aReaderOfEverythingNeverAsksTheLog() {
        let reader = recent.makeReader()
        append(1...1)
        for position in Int64(2)...50 {
            append(position...position)
            #expect(read(after: position - 1, by: reader) == [position])
            #expect(read(after: position, by: reader) == [])
        }
        #expect(recent.count <= 2)
    }

    @Test func whatAnotherProcessAppendsIsReadFromTheLog() {
        let reader = recent.makeReader()
        append(1...3)
        #expect(read(after: 3, by: reader) == [])
        recent.forget(.orders, partition: 0)
        #expect(read(after: 3, by: reader) == nil, "another may have appended 4")
        append(6...6)
        #expect(read(after: 3, by: reader) == nil)
        #expect(read(after: 5, by: reader) == [6])
    }

    @Test func aReaderThatLagsBehindKeepsNoMoreThanTheCapacityTwice() {
        let (slow, fast) = (recent.makeReader(), recent.makeReader())
        append(1...1)
        #expect(read(after: 0, by: slow) == [1])
        for position in Int64(2)...1000 {
            append(position...position)
            #expect(read(after: position - 1, by: fast) == [position])
        }
        #expect((100...201).contains(recent.count))
        #expect(read(after: 0, by: slow) == nil, "it must read the log")
        #expect(read(after: 950, by: slow) == Array(951...1000))
    }

    @Test func aGapForgetsWhatWasBefore() {
        let reader = recent.makeReader()
        append(1...5)
        append(9...10)
        #expect(read(after: 3, by: reader) == nil)
        #expect(read(after: 8, by: reader) == [9, 10])
    }
}
