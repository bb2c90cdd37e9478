import Kernel
import Synchronization

/// How long the owner of a partition may act outside its database, where no epoch guards it: until the lease that it
/// last proved runs out, by its own clock.
///
/// A process that was stopped past its lease finds its tenure over when it goes on, before it calls anybody.
public final class Tenure: Sendable {
    private let endsAt = Atomic<Int64>(0)

    public init() {}

    /// - Complexity: O(1), from any thread.
    public func holds(at now: Instant) -> Bool { now.milliseconds < endsAt.load(ordering: .acquiring) }

    func extend(to end: Instant) { endsAt.store(end.milliseconds, ordering: .releasing) }

    func end() { endsAt.store(0, ordering: .releasing) }
}
