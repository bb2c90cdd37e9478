import Contracts
import Kernel
import Ports
import Runtime
import Synchronization

/// The threads that read the logs of services whose databases this process cannot open, and ask them how far they have
/// come in ours.
final class FeedTransport: Sendable {
    private let sources: FeedSources
    private let databases: [Topic: any Database]
    private let partitions: Int
    private let clock: any WallClock
    private let buffer = EventBuffer()
    private let positions = ReaderPositions()
    private let threads = Mutex<[LoopThread]>([])

    /// How long a question waits for an answer; also how long stopping may take.
    private static let secondsToWait = 1
    private static let pageLimit = 1000

    /// - Parameters:
    ///   - databases: of the services that can be read here.
    ///   - own: the topics of the services that run here.
    ///   - hasBroker: which then brings the events, and the feeds what it does not have.
    init(
        _ sources: FeedSources, databases: [Topic: any Database], own: [Topic], partitions: Int, clock: any WallClock,
        hasBroker: Bool
    ) {
        self.sources = sources
        self.databases = databases
        self.partitions = partitions
        self.clock = clock
        let (buffer, positions) = (buffer, positions)
        for topic in hasBroker ? [] : sources.urls.keys.sorted() {
            for partition in 0..<partitions {
                run("\(topic.rawValue)-\(partition)-feed") {
                    let feed = sources.log(partitions: partitions)
                    return WaitingPump(topic, partition: partition, into: buffer, clock: clock) {
                        after throws(Fault) in
                        try feed.read(
                            topic, partition: partition, after: after, limit: Self.pageLimit,
                            waiting: Self.secondsToWait)
                    }
                }
            }
        }
        run("readers") {
            ReaderQuestions(
                own, partitions: partitions, of: sources.log(partitions: partitions), telling: positions)
        }
    }

    /// What a worker reads, on its own thread: never a network.
    func log(_ signal: Signal, _ recent: RecentEvents) -> any EventLog {
        MixedEventLog(
            fed: Set(sources.urls.keys),
            feeds: BufferedEventLog(buffer, signal: signal, clock: clock, cursors: NoCursors()),
            local: LocalEventLog(databases: databases, recent: recent), databases: Set(databases.keys),
            positions: positions)
    }

    /// What a broker's threads read where the broker has gaps, or is away; it blocks.
    func origin() -> any EventLog {
        MixedEventLog(
            fed: Set(sources.urls.keys), feeds: sources.log(partitions: partitions),
            local: LocalEventLog(databases: databases, recent: RecentEvents()), databases: Set(databases.keys),
            positions: positions)
    }

    /// Blocks until the threads have ended, at most some seconds.
    func stop() {
        let threads = threads.withLock { $0 }
        threads.stopAll(within: .seconds(2))
    }

    private func run(_ name: String, _ make: @escaping @Sendable () -> any Loop) {
        let thread = LoopThread(name: name, signal: Signal(), clock: clock, make: make)
        threads.withLock { $0.append(thread) }
    }
}

/// How far services elsewhere have come in our logs, as they said last.
final class ReaderPositions: Sendable {
    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    private let known = Mutex<[Place: Int64]>([:])

    /// - Returns: 0 for what nobody has said anything about.
    func position(_ topic: Topic, _ partition: Int) -> Int64 {
        known.withLock { $0[Place(topic: topic, partition: partition)] ?? 0 }
    }

    func note(_ topic: Topic, _ partition: Int, _ position: Int64) {
        known.withLock { $0[Place(topic: topic, partition: partition)] = position }
    }
}

/// Asks them twice a minute: what they have not read must not be removed, and there is no hurry.
private final class ReaderQuestions: Loop {
    let name = "asking readers how far they are"
    private let topics: [Topic]
    private let partitions: Int
    private let readers: any EventLog
    private let positions: ReaderPositions

    init(_ topics: [Topic], partitions: Int, of readers: any EventLog, telling positions: ReaderPositions) {
        self.topics = topics
        self.partitions = partitions
        self.readers = readers
        self.positions = positions
    }

    func step() throws(Fault) -> Duration {
        for topic in topics {
            for partition in 0..<partitions {
                positions.note(topic, partition, try readers.readByAll(topic, partition: partition))
            }
        }
        return .seconds(30)
    }

    func close() {}
}

/// The logs of some services over their feeds, those of the others from their databases.
private final class MixedEventLog: EventLog {
    private let fed: Set<Topic>
    private let feeds: any EventLog
    private let local: any EventLog
    private let databases: Set<Topic>
    private let positions: ReaderPositions

    init(
        fed: Set<Topic>, feeds: any EventLog, local: any EventLog, databases: Set<Topic>, positions: ReaderPositions
    ) {
        self.fed = fed
        self.feeds = feeds
        self.local = local
        self.databases = databases
        self.positions = positions
    }

    func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
        try (fed.contains(topic) ? feeds : local)
            .read(topic, partition: partition, after: position, limit: limit)
    }

    func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        let elsewhere = positions.position(topic, partition)
        guard databases.contains(where: { $0 != topic }) else { return elsewhere }
        return min(elsewhere, try local.readByAll(topic, partition: partition))
    }
}

/// Of a log that only reads.
private final class NoCursors: EventLog {
    func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] { [] }
    func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }
}
