import Kernel
import Orders
import Testing

@Suite struct UnitsTests {
    private func range(_ line: Int, _ first: Int, _ count: Int) -> UnitRange {
        UnitRange(line: line, first: first, count: count)
    }

    @Test func rangesThatTouchBecomeOne() {
        let units = [range(2, 0, 1), range(1, 2, 2), range(1, 0, 2), range(1, 3, 4)]
        #expect(units.normalized == [range(1, 0, 7), range(2, 0, 1)])
    }

    @Test func subtractingCutsFromBothEndsAndTheMiddle() {
        let line = [range(1, 0, 10)]
        #expect(line.subtracting([range(1, 0, 3)]) == [range(1, 3, 7)])
        #expect(line.subtracting([range(1, 8, 5)]) == [range(1, 0, 8)])
        #expect(line.subtracting([range(1, 4, 2)]) == [range(1, 0, 4), range(1, 6, 4)])
        #expect(line.subtracting([range(2, 0, 10)]) == line)
        #expect(line.subtracting(line) == [])
    }

    /// Against sets of single units.
    @Test func setOperationsAgreeWithSingleUnits() {
        var random = SeededGenerator(seed: 7)
        func single(_ ranges: [UnitRange]) -> Set<[Int]> {
            Set(ranges.flatMap { range in (range.first..<range.first + range.count).map { [range.line, $0] } })
        }
        func draw() -> [UnitRange] {
            (0..<Int.random(in: 0...4, using: &random)).map { _ in
                range(
                    Int.random(in: 1...2, using: &random), Int.random(in: 0...12, using: &random),
                    Int.random(in: 1...5, using: &random))
            }.normalized
        }
        for _ in 0..<500 {
            let (left, right) = (draw(), draw())
            #expect(single(left.subtracting(right)) == single(left).subtracting(single(right)))
            #expect(single(left.intersection(right)) == single(left).intersection(single(right)))
            #expect(single(left.union(right)) == single(left).union(single(right)))
            #expect(left.union(right).unitCount == single(left).union(single(right)).count)
        }
    }

    @Test func theStoredFormReadsBack() throws {
        for units in [[], [range(1, 0, 1)], [range(1, 0, 3), range(12, 999_999, 1)]] {
            #expect(try [UnitRange](unitsText: units.text) == units)
        }
    }

    @Test(arguments: ["1", "1.2", "1.2.3.4", "a.0.1", "1.0.0", "0.0.1", " ", "1.0.1  2.0.1", "1..1"])
    func damagedTextIsAFault(text: String) {
        #expect(throws: Fault.self) { try [UnitRange](unitsText: text) }
    }
}
