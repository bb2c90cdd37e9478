import Contracts
import Synchronization

/// The newest events of every topic, decoded, for readers in the same process: most never ask the database.
public final class RecentEvents: Sendable {
    private struct Tail {
        /// Consecutive positions; the first is `envelopes[0].position`.
        var envelopes: [Envelope] = []
    }

    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    private let capacity: Int
    private let tails = Mutex<[Place: Tail]>([:])

    /// - Parameter capacity: how many events per topic and partition are kept, at least.
    public init(capacity: Int = 16_384) { self.capacity = capacity }

    /// Adds what was just committed, in order of position.
    func append(_ envelopes: [Envelope]) {
        guard let first = envelopes.first else { return }
        tails.withLock { tails in
            let place = Place(topic: first.topic, partition: first.partition)
            var tail = tails.removeValue(forKey: place) ?? Tail()
            if let last = tail.envelopes.last, last.position + 1 != first.position { tail.envelopes = [] }
            if tail.envelopes.count >= capacity * 2 { tail.envelopes.removeFirst(tail.envelopes.count - capacity) }
            tail.envelopes.append(contentsOf: envelopes)
            tails[place] = tail
        }
    }

    /// - Returns: `nil` when the events after `position` are not all here, so that the log must be read instead.
    func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) -> [Envelope]? {
        tails.withLock { tails in
            guard let tail = tails[Place(topic: topic, partition: partition)], let first = tail.envelopes.first,
                position + 1 >= first.position
            else { return nil }
            let start = Int(position + 1 - first.position)
            guard start < tail.envelopes.count else { return [] }
            return Array(tail.envelopes[start..<min(start + limit, tail.envelopes.count)])
        }
    }
}
