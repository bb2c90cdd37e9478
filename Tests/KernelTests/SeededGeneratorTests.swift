import Kernel
import Testing

@Suite("Seeded numbers")
struct SeededGeneratorTests {
    @Test("the published first numbers of SplitMix64")
    func published() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("the same seed repeats, another does not")
    func repeatable() {
        var (left, right, other) = (SeededGenerator(seed: 5), SeededGenerator(seed: 5), SeededGenerator(seed: 6))
        let numbers = (0..<100).map { _ in left.next() }
        #expect(numbers == (0..<100).map { _ in right.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
        #expect(Array(0..<50).shuffled(using: &left) == Array(0..<50).shuffled(using: &right))
    }

    @Test("a chance comes as often as it should, never at 0 and always at 1", arguments: [0, 0.1, 0.5, 0.9, 1])
    func chance(probability: Double) {
        var generator = SeededGenerator(seed: 8)
        let hits = (0..<20_000).count { _ in generator.chance(probability) }
        #expect(abs(Double(hits) / 20_000 - probability) < (probability == 0 || probability == 1 ? 1e-9 : 0.02))
    }
}

@Suite("Heap")
struct MinHeapTests {
    @Test("gives random numbers back in order, also while they come")
    func order() {
        var generator = SeededGenerator(seed: 2)
        var heap = MinHeap<Int>()
        var mirror: [Int] = []
        for _ in 0..<3000 {
            if generator.chance(0.6) {
                let number = Int.random(in: 0..<500, using: &generator)
                heap.insert(number)
                mirror.append(number)
            } else {
                mirror.sort(by: >)
                #expect(heap.first == mirror.last)
                #expect(heap.popFirst() == mirror.popLast())
            }
            #expect(heap.count == mirror.count && heap.isEmpty == mirror.isEmpty)
        }
        heap.removeAll()
        #expect(heap.popFirst() == nil && heap.first == nil)
    }
}
