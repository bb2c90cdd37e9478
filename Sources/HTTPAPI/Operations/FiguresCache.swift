import Kernel
import Synchronization

/// Keeps the figures for a moment: counting is work, and dashboards ask often.
final class FiguresCache: Sendable {
    private static let validity = Duration.seconds(1)
    private let kept = Mutex<(figures: SystemFigures, readAt: Instant)?>(nil)

    func figures(
        now: Instant, _ read: () async throws(Problem) -> SystemFigures
    ) async throws(Problem) -> SystemFigures {
        let valid = kept.withLock { kept in
            kept.flatMap { now - $0.readAt < Self.validity && now >= $0.readAt ? $0.figures : nil }
        }
        if let valid { return valid }
        let figures = try await read()
        kept.withLock { $0 = (figures, now) }
        return figures
    }
}
