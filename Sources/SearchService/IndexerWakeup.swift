import Synchronization

/// Wakes the indexer, which is no thread: a wake that comes while it works is remembered.
public final class IndexerWakeup: Sendable {
    private struct State {
        var isRaised = false
        var ticket = 0
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    public init() {}

    public func raise() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            if state.waiting == nil { state.isRaised = true }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Until it is raised or the time is over, and no longer than its task.
    func wait(atMost duration: Duration) async {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let timer = Task {
            await pause(duration)
            end(ticket)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRaised = state.withLock { state in
                    defer { state.isRaised = false }
                    if !state.isRaised { state.waiting = continuation }
                    return state.isRaised
                }
                if isRaised { continuation.resume() }
            }
        } onCancel: {
            raise()
        }
        timer.cancel()
    }

    /// Until the time is over, raised or not; less when the task is cancelled, which whoever called looks at.
    func pause(_ duration: Duration) async { try? await Task.sleep(for: duration) }

    private func end(_ ticket: Int) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.ticket == ticket else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
