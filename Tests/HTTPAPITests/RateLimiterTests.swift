import Kernel
import Testing

@testable import HTTPAPI

@Suite struct RateLimiterTests {
    @Test func aBurstPassesAndThenTheRateCounts() {
        let limiter = RateLimiter(perSecond: 2, burst: 3)
        var now = Instant(milliseconds: 1_000_000)
        for _ in 0..<3 { #expect(limiter.take("a", now: now) == nil) }
        #expect(limiter.take("a", now: now) == 1)
        #expect(limiter.take("b", now: now) == nil, "keys do not share a bucket")
        now = now + .milliseconds(499)
        #expect(limiter.take("a", now: now) == 1)
        now = now + .milliseconds(1)
        #expect(limiter.take("a", now: now) == nil)
    }

    @Test func aSlowBucketTellsHowLongToWait() {
        let limiter = RateLimiter(perSecond: 0.1, burst: 1)
        let now = Instant(milliseconds: 0)
        #expect(limiter.take("a", now: now) == nil)
        #expect(limiter.take("a", now: now) == 10)
    }

    @Test func bucketsDoNotGrowForEver() {
        let limiter = RateLimiter(perSecond: 1, burst: 1, capacity: 10)
        for index in 0..<1000 { _ = limiter.take("\(index)", now: Instant(milliseconds: 0)) }
        #expect(limiter.take("new", now: Instant(milliseconds: 0)) == nil)
    }
}
