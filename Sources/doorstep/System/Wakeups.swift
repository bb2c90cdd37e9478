import Contracts
import Runtime
import Synchronization

/// Wakes the other services' workers of a partition when one has committed something for them.
final class Wakeups: CommitObserver {
    private let signals = Mutex<[Topic: [Int: Signal]]>([:])

    func add(_ signal: Signal, _ topic: Topic, _ partition: Int) {
        signals.withLock { $0[topic, default: [:]][partition] = signal }
    }

    func remove(_ topic: Topic, _ partition: Int) { signals.withLock { $0[topic]?[partition] = nil } }

    func committed(_ record: CommitRecord) {
        guard let first = record.appended.first else { return }
        let others = signals.withLock { signals in
            signals.compactMap { $0.key == record.topic ? nil : $0.value[first.partition] }
        }
        for signal in others { signal.raise() }
    }
}
