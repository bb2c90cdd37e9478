/// A priority queue: the least element comes first. Equal elements come in any order.
public struct MinHeap<Element: Comparable> {
    private var elements: [Element] = []

    public init() {}

    public var count: Int { elements.count }
    public var isEmpty: Bool { elements.isEmpty }
    /// The least element.
    /// - Complexity: O(1).
    public var first: Element? { elements.first }

    /// - Complexity: O(log n).
    public mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the least element out; `nil` when there is none.
    /// - Complexity: O(log n).
    public mutating func popFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        guard !elements.isEmpty else { return first }
        elements[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < elements.count && elements[child] < elements[least] { least = child }
            guard least != parent else { return first }
            elements.swapAt(parent, least)
            parent = least
        }
    }

    /// Takes out what matches.
    /// - Returns: it, in no order.
    /// - Complexity: O(n log n).
    public mutating func remove(where isUnwanted: (Element) -> Bool) -> [Element] {
        let all = elements
        elements = []
        var removed: [Element] = []
        for element in all {
            if isUnwanted(element) { removed.append(element) } else { insert(element) }
        }
        return removed
    }

    /// Takes everything out, in no order.
    public mutating func removeAll() { elements.removeAll() }
}

extension MinHeap: Sendable where Element: Sendable {}
