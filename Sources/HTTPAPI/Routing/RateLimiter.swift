import Kernel
import Synchronization

/// A token bucket per key: bursts are fine, a steady flood is not.
///
/// It remembers a bounded number of keys, so that callers who change their address cannot fill the memory.
public final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: Instant
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
    }

    private let perSecond: Double
    private let burst: Double
    /// Buckets that are kept at most; when there are more, the full ones are forgotten, which changes nothing.
    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - perSecond: how fast a bucket fills, more than 0.
    ///   - burst: how much it holds, 1 or more.
    ///   - capacity: how many keys are remembered.
    public init(perSecond: Double, burst: Double, capacity: Int = 10_000) {
        precondition(perSecond > 0 && burst >= 1, "\(perSecond) per second, burst \(burst)")
        self.perSecond = perSecond
        self.burst = burst
        self.capacity = capacity
    }

    /// Takes a token.
    ///
    /// - Returns: `nil` when there was one, else after how many seconds there will be one, 1 or more.
    /// - Complexity: O(1), but O(capacity) when the memory is full and the key is new.
    public func take(_ key: String, now: Instant) -> Int? {
        state.withLock { state in
            var bucket = state.buckets[key] ?? Bucket(tokens: burst, filledAt: now)
            let elapsed = Double(max(0, (now - bucket.filledAt).inMilliseconds)) / 1000
            bucket.tokens = min(burst, bucket.tokens + elapsed * perSecond)
            bucket.filledAt = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            if state.buckets.count >= capacity, state.buckets[key] == nil { forget(&state, now: now) }
            state.buckets[key] = bucket
            return isAllowed ? nil : max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up)))
        }
    }

    private func forget(_ state: inout State, now: Instant) {
        let fillTime = Duration.milliseconds(Int64(burst / perSecond * 1000))
        state.buckets = state.buckets.filter { now - $0.value.filledAt < fillTime }
        // Under an attack from many addresses nothing may be full: then all start anew rather than growing for ever.
        if state.buckets.count >= capacity { state.buckets = [:] }
    }
}
