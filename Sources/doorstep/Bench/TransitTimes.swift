import Contracts
import Kernel
import Runtime
import Synchronization

/// How long each event takes from the commit that made it true to the commit that reacted to it, for its first reader.
final class TransitTimes: CommitObserver {
    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
        let position: Int64
    }

    private struct State {
        var waiting: [Place: ContinuousClock.Instant] = [:]
        var times: [Duration] = []
    }

    private let state = Mutex(State())

    func committed(_ record: CommitRecord) {
        let now = ContinuousClock.now
        state.withLock { state in
            for envelope in record.consumed {
                let place = Place(topic: envelope.topic, partition: envelope.partition, position: envelope.position)
                if let since = state.waiting.removeValue(forKey: place) { state.times.append(now - since) }
            }
            for envelope in record.appended {
                let place = Place(topic: envelope.topic, partition: envelope.partition, position: envelope.position)
                state.waiting[place] = now
            }
        }
    }

    /// The times since the last call, sorted.
    func take() -> [Duration] {
        state.withLock { state in
            defer { state = State() }
            return state.times.sorted()
        }
    }
}
