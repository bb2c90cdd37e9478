/// Units of one order line, by their place: units have identity, so money and cancellation always mean the same ones.
public struct UnitRange: Hashable, Sendable {
    /// The line's number, from 1.
    public var line: Int
    /// The first unit's place within the line, from 0.
    public var first: Int
    /// How many units, 1 or more.
    public var count: Int

    public init(line: Int, first: Int, count: Int) {
        self.line = line
        self.first = first
        self.count = count
    }

    /// Splits the last `count` units off, or all when there are no more than that.
    ///
    /// - Returns: what stays (nil when nothing does) and what was split off.
    public func splittingLast(_ count: Int) -> (kept: UnitRange?, split: UnitRange) {
        precondition(count > 0, "splitting \(count) units off")
        guard count < self.count else { return (nil, self) }
        let kept = UnitRange(line: line, first: first, count: self.count - count)
        return (kept, UnitRange(line: line, first: first + kept.count, count: count))
    }
}
