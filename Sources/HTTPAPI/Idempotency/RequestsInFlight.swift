import Runtime
import Synchronization

/// The idempotency keys whose first request is being handled right now, in this process.
final class RequestsInFlight: Sendable {
    private struct Place: Hashable {
        let client: Int64
        let key: String
    }

    private let places = Mutex<Set<Place>>([])

    /// - Returns: false when a request with the same key is being handled.
    func begin(_ key: IdempotencyKey) -> Bool {
        places.withLock { $0.insert(Place(client: key.client, key: key.key)).inserted }
    }

    func end(_ key: IdempotencyKey) {
        places.withLock { _ = $0.remove(Place(client: key.client, key: key.key)) }
    }
}

/// What was really answered to requests that waited for more than the acceptance, so that a repetition sees the same.
///
/// The durable answer is the one of the acceptance; this memory of the latest ones improves on it while the process
/// lives.
final class LatestAnswers: Sendable {
    private struct State {
        var answers: [IdempotencyKey: StoredAnswer] = [:]
        var order: [IdempotencyKey] = []
        var next = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 4096) { self.capacity = capacity }

    func keep(_ answer: StoredAnswer, under key: IdempotencyKey) {
        state.withLock { state in
            guard state.answers.updateValue(answer, forKey: key) == nil else { return }
            if state.order.count < capacity {
                state.order.append(key)
            } else {
                state.answers[state.order[state.next]] = nil
                state.order[state.next] = key
                state.next = (state.next + 1) % capacity
            }
        }
    }

    func find(_ key: IdempotencyKey) -> StoredAnswer? { state.withLock { $0.answers[key] } }
}
