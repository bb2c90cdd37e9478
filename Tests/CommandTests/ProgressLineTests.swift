import Synchronization
import Testing

@testable import doorstep

@Suite struct ProgressLineTests {
    private final class Written: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    @Test func aTerminalsLineIsRewrittenAndTakenAway() {
        let written = Written()
        let line = ProgressLine(.rewriting) { written.add($0) }
        line.end()
        line.show("1 of 2")
        line.show("1 of 2")
        line.show("2 of 2")
        line.end()
        #expect(written.all == ["\r1 of 2\u{1B}[K", "\r2 of 2\u{1B}[K", "\r\u{1B}[K"])
    }

    @Test func aLogGetsALineEveryFiveSecondsAtMost() {
        let written = Written()
        let line = ProgressLine(.separateLines) { written.add($0) }
        let start = ContinuousClock.now
        line.show("1", now: start)
        line.show("2", now: start + .milliseconds(4999))
        line.show("3", now: start + .seconds(5))
        line.show("3", now: start + .seconds(20))
        line.end()
        #expect(written.all == ["1\n", "3\n"])
    }

    @Test func followingEndsWithItsBody() async throws {
        struct Failure: Error {}
        let written = Written()
        let line = ProgressLine(.rewriting) { written.add($0) }
        await #expect(throws: Failure.self) {
            try await line.follow {
                "working"
            } during: {
                while written.all.isEmpty { await Task.yield() }
                throw Failure()
            }
        }
        #expect(written.all == ["\rworking\u{1B}[K", "\r\u{1B}[K"])
    }
}
