import Contracts
import HTTPAPI
import Hummingbird

/// Tells a page that something changed, as server-sent events: at once, then at most twice a second, and always once more
/// after the last change, so that a page that looks again after a message misses nothing.
enum ChangeFeed {
    static let interval = Duration.milliseconds(500)

    /// - Parameter isWanted: whether a commit's events concern the page.
    static func body(
        _ commits: AsyncStream<[Envelope]>, every interval: Duration = interval,
        where isWanted: @escaping @Sendable ([Envelope]) -> Bool
    ) -> ResponseBody {
        ServerSentEvents.body(changes(commits, every: interval, where: isWanted)) { _ in
            ServerSentEvents.message(event: "change", data: "1")
        }
    }

    /// Ends with the commits, or when nobody listens any more.
    static func changes(
        _ commits: AsyncStream<[Envelope]>, every interval: Duration,
        where isWanted: @escaping @Sendable ([Envelope]) -> Bool
    ) -> AsyncStream<Void> {
        // One waiting change stands for all that come before it is told.
        let (waiting, arrivals) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (told, telling) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let gathering = Task {
            for await envelopes in commits where isWanted(envelopes) { arrivals.yield() }
            arrivals.finish()
        }
        let pacing = Task {
            for await _ in waiting {
                telling.yield()
                do {
                    try await Task.sleep(for: interval)
                } catch {
                    // Nobody listens any more.
                    break
                }
            }
            telling.finish()
        }
        telling.onTermination = { _ in
            gathering.cancel()
            pacing.cancel()
        }
        return told
    }
}
