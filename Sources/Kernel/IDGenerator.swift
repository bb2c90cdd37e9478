/// Makes identifiers that grow: 42 bits of milliseconds since 2024, then 21 bits that count within them.
///
/// State in, state out: no clock and no randomness of its own, so a replay makes the same identifiers. Start it from
/// the greatest identifier stored, and a clock that was set back cannot make one twice. Identifiers belong to the
/// generator's ``Partition``, so those of two partitions never collide; the lease of a partition decides who makes them.
public struct IDGenerator: Sendable {
    private static let epoch: Int64 = 1_704_067_200_000  // 2024-01-01T00:00:00Z in milliseconds
    private static let countBits: Int64 = 21

    private let partition: Partition
    private var last: Int64

    /// - Parameters:
    ///   - greatest: the greatest identifier made so far, 0 when there is none.
    ///   - partition: to which all that it makes belong.
    public init(after greatest: Int64, in partition: Partition = .whole) {
        last = greatest
        self.partition = partition
    }

    /// The next identifier, greater than all before it.
    public mutating func next<Kind: EntityKind>(_: Kind.Type = Kind.self, now: Instant) -> EntityID<Kind> {
        let fromClock = max(0, now.milliseconds - Self.epoch) << Self.countBits
        last = partition.first(from: max(last + 1, fromClock))
        return EntityID(rawValue: last)
    }
}
