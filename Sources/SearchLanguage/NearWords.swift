/// Words that differ by typing errors.
public enum NearWords {
    /// How many errors a word may have: the longer, the more. None where there are digits: another number is another
    /// order.
    public static func errorsAllowed(in word: String) -> Int {
        if word.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return 0 }
        return switch word.unicodeScalars.count {
        case ..<4: 0
        case ..<8: 1
        default: 2
        }
    }

    /// The number of letters to insert, remove, replace or swap with their neighbor to make one word of the other.
    ///
    /// - Returns: `nil` when it is more than `limit`.
    /// - Complexity: O(length · limit) for words of similar length.
    /// - Source: optimal string alignment.
    public static func distance(_ left: String, _ right: String, limit: Int) -> Int? {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        guard abs(left.count - right.count) <= limit else { return nil }
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + Array(repeating: 0, count: right.count)
            var least = row
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, before[column - 2] + 1)
                }
                current[column] = cost
                least = min(least, cost)
            }
            guard least <= limit else { return nil }
            (before, last) = (last, current)
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }

    /// Those of `words` that are nearest to one, nearest first, equally near ones in their order.
    public static func nearest(to word: String, in words: some Sequence<String>, limit: Int, count: Int) -> [String] {
        var near: [(word: String, distance: Int, place: Int)] = []
        for (place, candidate) in words.enumerated() {
            guard let distance = distance(word, candidate, limit: limit) else { continue }
            near.append((candidate, distance, place))
        }
        near.sort { ($0.distance, $0.place) < ($1.distance, $1.place) }
        return near.prefix(count).map(\.word)
    }
}
