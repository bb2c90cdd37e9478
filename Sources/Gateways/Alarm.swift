import Dispatch
import Kernel
import Synchronization

/// Rings at the earliest time that it was set to, or up to a minute from now if that is later, on a queue of its own.
///
/// Ringing too early is harmless: whoever listens looks at the clock and sets it again.
final class Alarm: Sendable {
    private struct State {
        var ringAt: DispatchTime?
        var action: (@Sendable () -> Void)?
    }

    private let queue = DispatchQueue(label: "doorstep.effects.alarm")
    private let state = Mutex(State())

    func onRing(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.action = action }
    }

    /// Rings after this time at the latest; an earlier ring that was set stays.
    func set(in duration: Duration) {
        let deadline = DispatchTime.now() + .milliseconds(Int(min(max(1, duration.inMilliseconds), 60_000)))
        let isEarliest = state.withLock { state in
            if let ringAt = state.ringAt, ringAt <= deadline { return false }
            state.ringAt = deadline
            return true
        }
        guard isEarliest else { return }
        queue.asyncAfter(deadline: deadline) { [weak self] in self?.ring(deadline) }
    }

    func cancel() {
        state.withLock { $0.action = nil }
    }

    /// Does nothing when the alarm was set to an earlier time since.
    private func ring(_ deadline: DispatchTime) {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.ringAt == deadline else { return nil }
            state.ringAt = nil
            return state.action
        }
        action?()
    }
}
