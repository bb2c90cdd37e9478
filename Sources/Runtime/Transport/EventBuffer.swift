import Contracts
import Kernel
import Synchronization

/// Events that came over a network, waiting for this process's workers: each topic's partition is one dense run, from
/// what the slowest reader wants next to what came last.
///
/// Pumps fill it on their threads; workers read it and never wait for the network.
public final class EventBuffer: Sendable {
    /// One partition of a topic.
    struct Place: Hashable, Comparable, Sendable {
        let topic: Topic
        let partition: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.topic, left.partition) < (right.topic, right.partition)
        }
    }

    /// What a pump needs to know of a place.
    struct Wanted: Sendable {
        let place: Place
        /// The last position that is here.
        let position: Int64
        /// Changes when reading has to begin anew at `position`.
        let generation: UInt64
        let isFull: Bool
        /// When the broker had something last, or reading began.
        let brokerSpokeAt: Instant
        /// The broker is about as far as the buffer, which the log may have filled farther.
        let isBrokerNear: Bool
    }

    /// How appending ended.
    enum Appended: Equatable {
        case done
        /// Events after this position are missing before the first of those that were given.
        case gap(after: Int64)
    }

    private struct Reader: Sendable {
        var position: Int64
        let signal: Signal
    }

    private struct Tail: Sendable {
        var envelopes: [Envelope] = []
        /// The position before the first that is here.
        var start: Int64
        var generation: UInt64
        var readers: [UInt64: Reader] = [:]
        var brokerSpokeAt: Instant
        /// The last position that came from the broker.
        var brokerEnd: Int64 = 0
        var fault: Fault?

        var end: Int64 { start + Int64(envelopes.count) }
    }

    /// Events by which a healthy broker may be behind the log.
    private static let nearness: Int64 = 2000

    private let capacity: Int
    private let tails = Mutex<[Place: Tail]>([:])
    private let readerCount = Atomic<UInt64>(0)
    private let generationCount = Atomic<UInt64>(0)
    private let hasBroker = Atomic(false)

    /// - Parameter capacity: events per partition that wait at most before no more are fetched; the workers' batches
    ///   should fit several times.
    public init(capacity: Int = 16_384) {
        precondition(capacity > 0, "\(capacity)")
        self.capacity = capacity
    }

    // MARK: For readers

    func makeReader() -> UInt64 { readerCount.wrappingAdd(1, ordering: .relaxed).newValue }

    /// - Throws: what keeps the next event from being read, if it is not only a matter of time.
    func read(
        _ place: Place, after position: Int64, limit: Int, by reader: UInt64, signal: Signal, now: Instant
    ) throws(Fault) -> [Envelope] {
        try tails.withLock { tails throws(Fault) -> [Envelope] in
            guard var tail = tails.removeValue(forKey: place) else {
                var tail = Tail(
                    start: position, generation: nextGeneration(), brokerSpokeAt: now, brokerEnd: position)
                tail.readers[reader] = Reader(position: position, signal: signal)
                tails[place] = tail
                return []
            }
            defer { tails[place] = tail }
            tail.readers[reader] = Reader(position: position, signal: signal)
            if position < tail.start || position > tail.end && tail.readers.count == 1 {
                // Somebody who comes later, or was left behind: the others wait until it has come to them.
                tail.envelopes = []
                tail.start = position
                tail.generation = nextGeneration()
                tail.brokerSpokeAt = now
                tail.brokerEnd = position
                tail.fault = nil
                return []
            }
            Self.trim(&tail)
            let first = Int(position - tail.start)
            guard first < tail.envelopes.count else {
                if let fault = tail.fault { throw fault }
                return []
            }
            return Array(tail.envelopes[first..<min(first + limit, tail.envelopes.count)])
        }
    }

    /// Never the same twice: a place that was given up and taken up again is a new one to the pumps.
    private func nextGeneration() -> UInt64 { generationCount.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Nobody waits for this reader any more.
    func remove(_ reader: UInt64) {
        tails.withLock { tails in
            for place in tails.keys {
                tails[place]?.readers[reader] = nil
                if tails[place]?.readers.isEmpty == true { tails[place] = nil }
            }
        }
    }

    /// Drops what every reader has read, when it is worth a copy of the rest.
    private static func trim(_ tail: inout Tail) {
        let read = tail.readers.values.reduce(Int64.max) { min($0, $1.position) }
        let count = Int(min(read, tail.end) - tail.start)
        guard count > 0, count == tail.envelopes.count || count >= 256 && count * 2 >= tail.envelopes.count else {
            return
        }
        tail.envelopes = Array(tail.envelopes[count...])
        tail.start += Int64(count)
    }

    // MARK: For pumps

    /// All places that somebody reads.
    func wanted() -> [Wanted] {
        tails.withLock { tails in
            tails.map { place, tail in
                Wanted(
                    place: place, position: tail.end, generation: tail.generation,
                    isFull: tail.envelopes.count >= capacity, brokerSpokeAt: tail.brokerSpokeAt,
                    isBrokerNear: tail.brokerEnd + Self.nearness >= tail.end)
            }.sorted { $0.place < $1.place }
        }
    }

    /// The last position that is here; `nil` when nobody reads the place.
    func end(_ place: Place) -> Int64? { tails.withLock { $0[place]?.end } }

    /// Adds events in order of position; those that are here already are dropped.
    ///
    /// - Parameter fromBroker: not from the log behind it.
    func append(_ envelopes: [Envelope], to place: Place, fromBroker: Bool, now: Instant) -> Appended {
        let (outcome, signals) = tails.withLock { tails -> (Appended, [Signal]) in
            // Taken out while it is changed, so that its array is not copied.
            guard var tail = tails.removeValue(forKey: place) else { return (.done, []) }
            defer { tails[place] = tail }
            if fromBroker, let last = envelopes.last {
                tail.brokerEnd = last.position
                tail.brokerSpokeAt = now
            }
            let before = tail.end
            var outcome = Appended.done
            for envelope in envelopes where envelope.position > tail.end {
                guard envelope.position == tail.end + 1 else {
                    outcome = .gap(after: tail.end)
                    break
                }
                tail.envelopes.append(envelope)
            }
            guard tail.end > before else { return (outcome, []) }
            tail.fault = nil
            return (outcome, tail.readers.values.map(\.signal))
        }
        for signal in signals { signal.raise() }
        return outcome
    }

    /// What keeps the event after the last one from being read, until one is.
    func report(_ fault: Fault, at place: Place) {
        tails.withLock { $0[place]?.fault = fault }
    }

    /// Whether a broker fills it at the moment.
    var isFed: Bool {
        get { hasBroker.load(ordering: .relaxed) }
        set { hasBroker.store(newValue, ordering: .relaxed) }
    }
}
