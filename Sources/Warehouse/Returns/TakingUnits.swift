import Kernel

extension UnitRange {
    /// The parts that are in none of the others.
    ///
    /// - Complexity: O(others · parts).
    func subtracting(_ others: [UnitRange]) -> [UnitRange] {
        var parts = [self]
        for gone in others where gone.line == line {
            parts = parts.flatMap { part -> [UnitRange] in
                let start = max(part.first, gone.first)
                let end = min(part.first + part.count, gone.first + gone.count)
                guard start < end else { return [part] }
                return [(part.first, start - part.first), (end, part.first + part.count - end)].filter { $0.1 > 0 }
                    .map { UnitRange(line: line, first: $0.0, count: $0.1) }
            }
        }
        return parts
    }
}

extension [UnitRange] {
    /// Takes the first units out, at most so many.
    mutating func take(_ left: inout Int) -> [UnitRange] {
        var taken: [UnitRange] = []
        while left > 0, let first = self.first {
            let count = Swift.min(left, first.count)
            taken.append(UnitRange(line: first.line, first: first.first, count: count))
            left -= count
            removeFirst()
            if count < first.count {
                insert(UnitRange(line: first.line, first: first.first + count, count: first.count - count), at: 0)
            }
        }
        return taken
    }
}
