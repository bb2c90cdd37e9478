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

    /// Another process has committed something in a partition, or, for `nil`, may have in any.
    func announced(_ topic: Topic, partition: Int?) {
        let others = signals.withLock { signals in
            signals.filter { $0.key != topic }.flatMap { entry in
                entry.value.filter { partition == nil || $0.key == partition }.map(\.value)
            }
        }
        for signal in others { signal.raise() }
    }

    func committed(_ record: CommitRecord) {
        guard let first = record.appended.first else { return }
        let others = signals.withLock { signals in
            signals.compactMap { $0.key == record.topic ? nil : $0.value[first.partition] }
        }
        for signal in others { signal.raise() }
    }
}
