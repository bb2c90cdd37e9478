import Kernel

/// How long to wait before the next try: exponential with full jitter, so that what failed together does not come back
/// together.
///
/// - Source: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
public struct Backoff: Sendable, Equatable {
    /// Of the first wait at most.
    public var base: Duration
    /// By which the bound grows from try to try, 1 or more.
    public var factor: Int64
    /// Of any wait at most.
    public var cap: Duration
    /// Of any wait at least, so that a jitter near zero does not hammer.
    public var floor: Duration

    public init(base: Duration, factor: Int64 = 2, cap: Duration, floor: Duration = .milliseconds(20)) {
        precondition(factor >= 1 && base > .zero && cap >= base, "backoff from \(base) by \(factor) to \(cap)")
        self.base = base
        self.factor = factor
        self.cap = cap
        self.floor = floor
    }

    /// The longest wait after so many tries that failed.
    /// - Parameter attempts: before this one, 0 or more.
    public func bound(attempts: Int) -> Duration {
        var bound = base.inMilliseconds
        let cap = cap.inMilliseconds
        for _ in 0..<max(0, attempts) {
            guard bound < cap, factor > 1 else { break }
            bound = min(cap, bound * factor)
        }
        return .milliseconds(max(bound, floor.inMilliseconds))
    }

    /// A wait between the floor and the bound, evenly distributed.
    public func wait(attempts: Int, using generator: inout SeededGenerator) -> Duration {
        let low = floor.inMilliseconds
        return .milliseconds(Int64.random(in: low...bound(attempts: attempts).inMilliseconds, using: &generator))
    }
}
