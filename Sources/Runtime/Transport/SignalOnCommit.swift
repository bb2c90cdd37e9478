import Contracts

/// Wakes somebody whenever a service has appended events.
public final class SignalOnCommit: CommitObserver {
    private let topic: Topic
    private let signal: Signal

    public init(_ topic: Topic, _ signal: Signal) {
        self.topic = topic
        self.signal = signal
    }

    /// Raises the signal.
    public func committed(_ record: CommitRecord) {
        if record.topic == topic, !record.appended.isEmpty { signal.raise() }
    }
}
