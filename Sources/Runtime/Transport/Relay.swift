import Contracts
import Kernel
import Ports

/// Publishes a service's log to the broker, after the commits and in order.
///
/// It stands beside the workers: a slow or absent broker delays no commit. Each time it connects it asks the broker how
/// far that has come and goes on from there: what a crash left out is published now, and a broker that lost what it had
/// is filled again from the log. What is published twice, readers drop by its position.
public final class Relay: Loop {
    public let name: String
    private let topic: Topic
    private let partitions: @Sendable () -> [Int]
    private let broker: any EventBroker
    private let database: any Database
    private let log: any EventLog
    private let clock: any WallClock
    private let status: RelayStatus
    private var publisher: (any EventPublisher)?
    /// What the broker has, by partition; absent where it has to be asked.
    private var published: [Int: Int64] = [:]
    private var store: (any DatabaseConnection)?
    private var stored: [Int: Int64] = [:]
    private var lastStored = Instant(milliseconds: 0)

    /// Events of a partition that are published together.
    private static let batchLimit = 2000
    /// Without a commit that raises the signal; also how often an idle connection is looked at.
    private static let idlePause = Duration.seconds(1)
    /// Between two notes of how far it came.
    private static let storeInterval = Duration.seconds(1)

    /// - Parameters:
    ///   - partitions: those that this process owns at the moment. More than one relay for a partition is harmless.
    ///   - database: the service's.
    ///   - log: reads the service's own topic.
    ///   - status: told how far it came.
    public init(
        _ topic: Topic, partitions: @escaping @Sendable () -> [Int], broker: any EventBroker, database: any Database,
        log: any EventLog, clock: any WallClock, status: RelayStatus
    ) {
        name = "relay of \(topic.rawValue)"
        self.topic = topic
        self.partitions = partitions
        self.broker = broker
        self.database = database
        self.log = log
        self.clock = clock
        self.status = status
    }

    /// Publishes what each partition has, up to a limit.
    public func step() throws(Fault) -> Duration {
        do throws(Fault) {
            let publisher = try connected()
            let owned = partitions()
            published = published.filter { owned.contains($0.key) }
            var batch: [Envelope] = []
            for partition in owned {
                let position = try known(partition, publisher)
                batch += try log.read(topic, partition: partition, after: position, limit: Self.batchLimit)
            }
            if batch.isEmpty {
                try publisher.verify()
            } else {
                try publisher.publish(batch)
                for envelope in batch { published[envelope.partition] = envelope.position }
            }
            status.report(topic, published)
            note(now: clock.now, force: false)
            return batch.isEmpty ? Self.idlePause : .zero
        } catch {
            status.report(topic, error)
            published = [:]
            if error.code != "broker_truncated" { disconnect() }
            throw error
        }
    }

    /// Notes how far it came, and leaves the broker.
    public func close() {
        note(now: clock.now, force: true)
        store?.close()
        disconnect()
    }

    private func connected() throws(Fault) -> any EventPublisher {
        if let publisher { return publisher }
        let publisher = try broker.connectPublisher()
        self.publisher = publisher
        return publisher
    }

    private func disconnect() {
        publisher?.close()
        publisher = nil
    }

    /// What the broker has of a partition, or the position before the first that the log still has.
    private func known(_ partition: Int, _ publisher: any EventPublisher) throws(Fault) -> Int64 {
        if let position = published[partition] { return position }
        let extent = try publisher.extent(topic, partition: partition)
        // Read after the extent: a commit in between makes it larger, never smaller.
        let connection = try database.connect(.read)
        defer { connection.close() }
        let head = try LogTable.head(connection, partition: partition)
        guard extent <= head else {
            // A database that was restored from a backup: its new events would look like old ones to readers.
            throw Fault(
                "broker_ahead", retryable: true,
                "\(topic.rawValue) \(partition): the broker is at \(extent), the log at \(head)")
        }
        let position = max(extent, try RemovalTable.upTo(.events, connection, partition: partition))
        published[partition] = position
        return position
    }

    private func note(now: Instant, force: Bool) {
        guard published != stored, force || now - lastStored >= Self.storeInterval || now < lastStored else { return }
        lastStored = now
        do throws(Fault) {
            let connection: any DatabaseConnection
            if let store { connection = store } else { connection = try database.connect(.write) }
            store = connection
            try RelayTable.store(published, connection, now: now)
            stored = published
        } catch {
            // What is noted is only for looking at: publishing goes on.
            RuntimeLog.report(error, name)
            store?.close()
            store = nil
        }
    }
}
