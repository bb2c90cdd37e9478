import Contracts
import Synchronization

/// The newest events of every topic, decoded, for readers in the same process: most never ask the database.
///
/// What every reader of a topic has read goes; a reader that lags behind, or stopped, keeps at most so many.
public final class RecentEvents: Sendable {
    private struct Tail {
        /// Consecutive positions; the first is `envelopes[0].position`.
        var envelopes: [Envelope] = []
        /// The position that each reader has read.
        var readers: [ReaderID: Int64] = [:]

        /// Drops what nobody will ask for, except for the last event, which tells where the topic ends.
        ///
        /// - Complexity: O(1) amortized over the events that were added.
        mutating func trim(to capacity: Int) {
            guard let first = envelopes.first else { return }
            let unread = readers.values.min().map { Int($0 + 1 - first.position) } ?? 0
            let read = min(max(0, unread), envelopes.count - 1)
            let excess = envelopes.count > capacity * 2 ? envelopes.count - capacity : 0
            let dropped = max(excess, read >= Self.trimmedAtOnce || read == envelopes.count - 1 ? read : 0)
            if dropped > 0, dropped * 2 >= envelopes.count { envelopes = Array(envelopes[dropped...]) }
        }

        /// Fewer are not worth a copy of the rest.
        private static let trimmedAtOnce = 256
    }

    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    /// One of those who read.
    struct ReaderID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private let capacity: Int
    private let tails = Mutex<[Place: Tail]>([:])
    private let readerCount = Atomic<UInt64>(0)

    /// - Parameter capacity: how many events per topic and partition are kept for a reader that lags behind, at least.
    public init(capacity: Int = 16_384) { self.capacity = capacity }

    /// A new reader, which counts for a topic from its first reading on.
    func makeReader() -> ReaderID {
        ReaderID(number: readerCount.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Adds what was just committed, in order of position.
    func append(_ envelopes: [Envelope]) {
        guard let first = envelopes.first else { return }
        tails.withLock { tails in
            let place = Place(topic: first.topic, partition: first.partition)
            var tail = tails.removeValue(forKey: place) ?? Tail()
            if let last = tail.envelopes.last, last.position + 1 != first.position { tail.envelopes = [] }
            tail.trim(to: capacity)
            tail.envelopes.append(contentsOf: envelopes)
            tails[place] = tail
        }
    }

    /// A service's worker of a partition ended: another process appends to it now, so that what is kept no longer tells
    /// where it ends; and it reads the other topics no more. Whoever still reads them says so by its next reading.
    public func forget(_ topic: Topic, partition: Int) {
        tails.withLock { tails in
            tails[Place(topic: topic, partition: partition)]?.envelopes = []
            for place in tails.keys where place.partition == partition { tails[place]?.readers = [:] }
        }
    }

    /// - Parameter position: up to which this reader has read, and stored that it has.
    /// - Returns: `nil` when the events after `position` are not all here, so that the log must be read instead.
    func read(
        _ topic: Topic, partition: Int, after position: Int64, limit: Int, by reader: ReaderID
    ) -> [Envelope]? {
        tails.withLock { tails in
            let place = Place(topic: topic, partition: partition)
            guard let index = tails.index(forKey: place) else {
                tails[place] = Tail(readers: [reader: position])
                return nil
            }
            tails.values[index].readers[reader] = position
            tails.values[index].trim(to: capacity)
            let envelopes = tails.values[index].envelopes
            guard let first = envelopes.first, position + 1 >= first.position else { return nil }
            let start = Int(position + 1 - first.position)
            guard start < envelopes.count else { return [] }
            return Array(envelopes[start..<min(start + limit, envelopes.count)])
        }
    }

    /// How many events are kept, of all topics.
    var count: Int { tails.withLock { $0.values.reduce(0) { $0 + $1.envelopes.count } } }
}
