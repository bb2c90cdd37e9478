import Kernel
import Testing

@Suite("Priority queue")
struct MinHeapTests {
    @Test("Elements come out in order, whatever the order and the mixture they went in", arguments: 0..<20)
    func order(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var heap = MinHeap<Int>()
        var kept: [Int] = []
        for _ in 0..<500 {
            if kept.isEmpty || generator.chance(0.6) {
                let element = Int.random(in: 0..<50, using: &generator)
                heap.insert(element)
                kept.append(element)
                kept.sort()
            } else {
                #expect(heap.first == kept.first)
                #expect(heap.popFirst() == kept.removeFirst())
            }
            #expect(heap.count == kept.count)
        }
        while let element = heap.popFirst() { #expect(element == kept.removeFirst()) }
        #expect(kept.isEmpty && heap.isEmpty && heap.first == nil)
    }
}
