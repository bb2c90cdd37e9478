import Ports
import Runtime
import Synchronization

/// Wakes the search service's workers when another service has committed something of their partition. What comes soon
/// after, a worker lets gather (``WorkerOptions/gathering``).
final class SearchListener: CommitObserver {
    private let signals = Mutex<[Int: Signal]>([:])

    /// The signal of a partition's worker.
    func signal(_ partition: Int) -> Signal {
        signals.withLock { signals in
            if let signal = signals[partition] { return signal }
            let signal = Signal()
            signals[partition] = signal
            return signal
        }
    }

    /// A commit is of one partition.
    func committed(_ record: CommitRecord) {
        guard let partition = record.appended.first?.partition else { return }
        signals.withLock { $0[partition] }?.raise()
    }
}
