import Kernel
import Synchronization

/// Time limits by the thousand, of which nearly all are met: each costs an entry in a table, and all share one timer.
///
/// A task that sleeps for each of them would leave a timer behind for as long as the limit is, however soon the work
/// was done.
final class Timeouts: Sendable {
    private struct Limit {
        let deadline: ContinuousClock.Instant
        let action: @Sendable () -> Void
    }

    private struct State {
        var limits: [UInt64: Limit] = [:]
        var next: UInt64 = 0
        var isTicking = false
    }

    /// How much later than its time a limit may be noticed.
    private static let tick = Duration.milliseconds(50)

    private let state = Mutex(State())

    /// Runs `action` once `limit` is over, at most a twentieth of a second later, unless it is cancelled before.
    ///
    /// - Parameter action: must be quick: the others wait for it.
    /// - Returns: what to cancel it by.
    func after(_ limit: Duration, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let deadline = ContinuousClock.now + limit
        let (ticket, begins) = state.withLock { state in
            state.next += 1
            state.limits[state.next] = Limit(deadline: deadline, action: action)
            defer { state.isTicking = true }
            return (state.next, !state.isTicking)
        }
        if begins { Task { await watch() } }
        return ticket
    }

    /// One that is over already stays so.
    func cancel(_ ticket: UInt64) { state.withLock { _ = $0.limits.removeValue(forKey: ticket) } }

    /// Until no limit is left.
    private func watch() async {
        while true {
            // Nobody cancels this task; if somebody did, it would only look more often.
            try? await Task.sleep(for: Self.tick)
            let now = ContinuousClock.now
            let (over, isDone) = state.withLock { state in
                let over = state.limits.filter { $0.value.deadline <= now }
                for ticket in over.keys { state.limits[ticket] = nil }
                if state.limits.isEmpty { state.isTicking = false }
                return (over.sorted { $0.key < $1.key }, !state.isTicking)
            }
            for (_, limit) in over { limit.action() }
            if isDone { return }
        }
    }
}
