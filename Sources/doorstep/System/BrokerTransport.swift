import Contracts
import Kernel
import Ports
import Runtime
import Synchronization

/// The threads between a process's services and a broker: one relay for each service's log, one that reads from the
/// broker, and one that reads from the logs while the broker is away.
final class BrokerTransport: Sendable {
    let status = RelayStatus()
    private let broker: any EventBroker
    private let databases: [Topic: any Database]
    private let recent: RecentEvents
    private let clock: any WallClock
    private let buffer = EventBuffer()
    private let origin: @Sendable () -> any EventLog
    private let relaySignals: [Topic: Signal]

    private struct State: Sendable {
        var threads: [LoopThread] = []
        /// What this process owns, and therefore publishes.
        var partitions: [Topic: Set<Int>] = [:]
    }

    private let state = Mutex(State())

    /// Starts to read what the workers will ask for; nothing of it has to be there for the services to work.
    ///
    /// - Parameters:
    ///   - databases: of the services that can be read here.
    ///   - recent: what this process's services commit.
    ///   - origin: makes what reads the logs behind the broker; it may block.
    init(
        _ broker: any EventBroker, databases: [Topic: any Database], recent: RecentEvents, clock: any WallClock,
        origin: @escaping @Sendable () -> any EventLog
    ) {
        self.broker = broker
        self.databases = databases
        self.recent = recent
        self.clock = clock
        self.origin = origin
        relaySignals = databases.mapValues { _ in Signal() }
        let buffer = buffer
        run("from-broker", Signal()) { BrokerPump(broker, into: buffer, origin: origin(), clock: clock) }
        run("from-logs", Signal()) { OriginPump(origin(), into: buffer, clock: clock, backsUpBroker: true) }
    }

    /// Wake each relay when its service has committed.
    var observers: [any CommitObserver] { relaySignals.map { SignalOnCommit($0.key, $0.value) } }

    /// From now on this process publishes the partition.
    func begin(_ topic: Topic, _ partition: Int) {
        let isFirst = state.withLock { state in
            let isFirst = state.partitions[topic] == nil
            state.partitions[topic, default: []].insert(partition)
            return isFirst
        }
        guard isFirst, let database = databases[topic], let signal = relaySignals[topic] else { return }
        let (broker, databases, recent, clock, status) = (broker, databases, recent, clock, status)
        run("\(topic.rawValue)-relay", signal) { [self] in
            Relay(
                topic, partitions: { [self] in partitions(topic) }, broker: broker, database: database,
                log: LocalEventLog(databases: databases, recent: recent), clock: clock, status: status)
        }
    }

    /// Another process publishes the partition now.
    func end(_ topic: Topic, _ partition: Int) {
        state.withLock { _ = $0.partitions[topic]?.remove(partition) }
    }

    private func partitions(_ topic: Topic) -> [Int] { state.withLock { ($0.partitions[topic] ?? []).sorted() } }

    /// What a worker reads, on its own thread.
    func log(_ signal: Signal) -> any EventLog {
        BufferedEventLog(buffer, signal: signal, clock: clock, cursors: origin())
    }

    /// Blocks until the threads have ended, at most some seconds.
    func stop() {
        let threads = state.withLock { $0.threads }
        threads.stopAll(within: .seconds(2))
    }

    private func run(_ name: String, _ signal: Signal, _ make: @escaping @Sendable () -> any Loop) {
        let thread = LoopThread(name: name, signal: signal, clock: clock, make: make)
        state.withLock { $0.threads.append(thread) }
    }
}
