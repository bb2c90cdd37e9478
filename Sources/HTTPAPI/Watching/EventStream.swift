import Contracts
import Kernel
import Runtime
import Synchronization

/// Hands every commit's events to whoever listens, such as pages with server-sent events. A listener that does not
/// keep up is dropped; it may read the log and listen again.
public final class EventStream: CommitObserver {
    private struct Subscriber {
        let topics: Set<Topic>
        let hearsOthers: Bool
        let continuation: AsyncStream<[Envelope]>.Continuation
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var nextTicket = 0
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many may listen at a time.
    public init(limit: Int = 1024) { self.limit = limit }

    public var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    public func committed(_ record: CommitRecord) {
        guard let topic = record.topic, !record.appended.isEmpty else { return }
        let dropped = state.withLock { state in
            var dropped: [AsyncStream<[Envelope]>.Continuation] = []
            for (ticket, subscriber) in state.subscribers where subscriber.topics.contains(topic) {
                if case .enqueued = subscriber.continuation.yield(record.appended) { continue }
                dropped.append(subscriber.continuation)
                state.subscribers[ticket] = nil
            }
            return dropped
        }
        for continuation in dropped { continuation.finish() }
    }

    /// Another process has committed something, as far as the store tells of it: who asked for that is told so, without
    /// what it was.
    public func announced(_ topic: Topic) {
        state.withLock { state in
            for subscriber in state.subscribers.values where subscriber.hearsOthers && subscriber.topics.contains(topic)
            {
                // Whoever has not looked yet at what came before will look anyway.
                subscriber.continuation.yield([])
            }
        }
    }

    /// Listens from now on. The stream ends when the listener falls behind; it is let go when nobody iterates it.
    ///
    /// - Parameters:
    ///   - topics: whose commits are wanted.
    ///   - capacity: how many commits may wait for the listener.
    ///   - hearsOthers: whether commits of other processes are told too, as nothing at all.
    /// - Returns: `nil` when too many listen already, or after ``close()``.
    public func subscribe(
        to topics: Set<Topic> = Set(Topic.allCases), capacity: Int = 256, hearsOthers: Bool = false
    ) -> AsyncStream<[Envelope]>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [Envelope].self, bufferingPolicy: .bufferingOldest(capacity))
        let ticket: Int? = state.withLock { state in
            guard !state.isClosed, state.subscribers.count < limit else { return nil }
            state.nextTicket += 1
            state.subscribers[state.nextTicket] = Subscriber(
                topics: topics, hearsOthers: hearsOthers, continuation: continuation)
            return state.nextTicket
        }
        guard let ticket else { return nil }
        continuation.onTermination = { [weak self] _ in self?.end(ticket) }
        return stream
    }

    /// Ends all streams and begins no more, when the process stops.
    public func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return state.subscribers
        }
        for subscriber in subscribers.values { subscriber.continuation.finish() }
    }

    private func end(_ ticket: Int) { state.withLock { _ = $0.subscribers.removeValue(forKey: ticket) } }
}
