import Synchronization
import Testing

@testable import HTTPAPI

@Suite struct TimeoutsTests {
    @Test func aLimitThatIsOverIsNoticedOnce() async {
        let timeouts = Timeouts()
        let start = ContinuousClock.now
        await withCheckedContinuation { continuation in
            _ = timeouts.after(.milliseconds(30)) { continuation.resume() }
        }
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    @Test func whatIsCancelledIsNotRun() async {
        let timeouts = Timeouts()
        let ran = Mutex<[Int]>([])
        let first = timeouts.after(.milliseconds(1)) { ran.withLock { $0.append(1) } }
        timeouts.cancel(first)
        await withCheckedContinuation { continuation in
            _ = timeouts.after(.milliseconds(100)) {
                ran.withLock { $0.append(2) }
                continuation.resume()
            }
        }
        #expect(ran.withLock { $0 } == [2])
    }

    @Test func limitsBeginAnewAfterAPause() async {
        let timeouts = Timeouts()
        for _ in 0..<2 {
            await withCheckedContinuation { continuation in
                _ = timeouts.after(.milliseconds(1)) { continuation.resume() }
            }
        }
    }
}
