import Contracts
import Kernel
import Ports
import Runtime

/// What brings the services' events to those of this process.
struct EventCarriers: Sendable {
    /// `nil` where events are read from the logs.
    let broker: BrokerTransport?
    /// `nil` where all databases can be opened.
    let feeds: FeedTransport?
    private let databases: [Topic: any Database]
    private let recent: RecentEvents

    /// - Parameters:
    ///   - databases: of the services that can be read here.
    ///   - recent: what this process's services commit.
    /// - Throws: `broker_url_invalid`.
    init(
        _ configuration: SystemConfiguration, databases: [Topic: any Database], recent: RecentEvents, partitions: Int,
        clock: any WallClock
    ) throws(Fault) {
        let broker = try configuration.transport.broker(partitions: partitions)
        let feeds = configuration.feeds.map { sources in
            FeedTransport(
                sources, databases: databases, own: Topic.allCases.filter { configuration.roles.runs($0) },
                partitions: partitions, clock: clock, hasBroker: broker != nil)
        }
        self.feeds = feeds
        self.broker = broker.map { broker in
            BrokerTransport(broker, databases: databases, recent: recent, clock: clock) {
                // A memory of its own, always empty: what is read here is not what is newest.
                feeds?.origin() ?? LocalEventLog(databases: databases, recent: RecentEvents())
            }
        }
        self.databases = databases
        self.recent = recent
    }

    /// What a worker reads from, on its own thread.
    func log(_ signal: Signal) -> any EventLog {
        broker?.log(signal) ?? feeds?.log(signal, recent) ?? LocalEventLog(databases: databases, recent: recent)
    }

    /// Blocks until the threads have ended, at most some seconds.
    func stop() {
        broker?.stop()
        feeds?.stop()
    }
}
