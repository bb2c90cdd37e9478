import Ports
import Runtime
import Synchronization

/// Wakes the search service's workers when another service has committed something of their partition.
///
/// A moment later, for what came meanwhile: nobody waits for an answer, and a batch costs as much as an event. Woken by
/// every commit of a busy system, eight workers on PostgreSQL fell seconds behind.
final class SearchListener: CommitObserver {
    private struct State {
        var signals: [Int: Signal] = [:]
        var waiting: Set<Int> = []
    }

    private let state = Mutex(State())

    private static let moment = Duration.milliseconds(50)

    /// The signal of a partition's worker.
    func signal(_ partition: Int) -> Signal {
        state.withLock { state in
            if let signal = state.signals[partition] { return signal }
            let signal = Signal()
            state.signals[partition] = signal
            return signal
        }
    }

    func committed(_ record: CommitRecord) {
        guard !record.appended.isEmpty else { return }
        let isFirst = state.withLock { state in
            guard !state.signals.isEmpty else { return false }
            defer { for envelope in record.appended { state.waiting.insert(envelope.partition) } }
            return state.waiting.isEmpty
        }
        guard isFirst else { return }
        Task {
            // Cancelled by nobody; woken early, it would do no harm.
            try? await Task.sleep(for: Self.moment)
            wake()
        }
    }

    private func wake() {
        let signals = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting.sorted().compactMap { state.signals[$0] }
        }
        for signal in signals { signal.raise() }
    }
}
