import Contracts
import Runtime

/// Wakes the other services' workers when one has committed something for them.
final class Wakeups: CommitObserver {
    let signals: [Topic: Signal]

    init() {
        signals = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, Signal()) })
    }

    func signal(_ topic: Topic) -> Signal {
        guard let signal = signals[topic] else { preconditionFailure("no signal for \(topic)") }
        return signal
    }

    func committed(_ record: CommitRecord) {
        guard !record.appended.isEmpty else { return }
        for (topic, signal) in signals where topic != record.topic { signal.raise() }
    }
}
