import Contracts
import Kernel
import Ports
import Runtime

/// Who works on what, and how far each has come: read from the services' databases.
struct ClusterReport: Sendable {
    /// A partition of a service.
    struct Entry: Sendable {
        let service: Topic
        let partition: Int
        /// Who owns it, or owned it last.
        let owner: String
        let address: String
        let epoch: Int64
        /// Whether the lease runs.
        let isOwned: Bool
        let head: Int64
        let cursors: [Cursor]
        /// How far the log was published to a broker; `nil` where it never was.
        let relay: RelayLag?
    }

    /// How far a service has come in another's log.
    struct Cursor: Sendable {
        let topic: Topic
        let position: Int64
        /// Events that it has not reacted to.
        let lag: Int64
        /// Since when the first of them waits, in seconds; 0 when none does.
        let lagSeconds: Double
    }

    let nodes: [(service: Topic, node: NodeTable.Node)]
    let entries: [Entry]

    /// - Throws: as ``DatabaseConnection`` says.
    static func read(_ folder: DataFolder, now: Instant) throws(Fault) -> ClusterReport {
        var connections: [Topic: any DatabaseConnection] = [:]
        defer { for connection in connections.values { connection.close() } }
        for topic in try folder.services() { connections[topic] = try folder.database(topic).connect(.read) }
        var nodes: [(service: Topic, node: NodeTable.Node)] = []
        var entries: [Entry] = []
        for (service, connection) in connections.sorted(by: { $0.key < $1.key }) {
            let living = try NodeTable.living(connection, now: now)
            nodes += living.map { (service, $0) }
            let addresses = Dictionary(living.map { ($0.owner, $0.address) }) { first, _ in first }
            let relays = Dictionary(
                try RelayLag.all(connection, now: now).map { ($0.partition, $0) },
                uniquingKeysWith: { first, _ in first })
            for ownership in try NodeTable.ownerships(connection) {
                entries.append(
                    Entry(
                        service: service, partition: ownership.partition, owner: ownership.owner,
                        address: addresses[ownership.owner] ?? folder.serverURL ?? "", epoch: ownership.epoch,
                        isOwned: ownership.expiresAt > now,
                        head: try LogTable.head(connection, partition: ownership.partition),
                        cursors: try cursors(of: ownership.partition, connection, connections, now: now),
                        relay: relays[ownership.partition]))
            }
        }
        return ClusterReport(nodes: nodes, entries: entries)
    }

    private static func cursors(
        of partition: Int, _ connection: any DatabaseConnection, _ others: [Topic: any DatabaseConnection], now: Instant
    ) throws(Fault) -> [Cursor] {
        let positions = try connection.rows(
            "SELECT topic, position FROM cursors WHERE partition = $1 ORDER BY topic", [.int(partition)]
        ) { (topic: Topic(rawValue: $0.text(0)), position: $0.integer(1)) }
        var cursors: [Cursor] = []
        for (topic, position) in positions {
            guard let topic, let log = others[topic] else { continue }
            let lag = max(0, try LogTable.head(log, partition: partition) - position)
            let first = lag == 0 ? [] : try LogTable.read(topic, log, partition: partition, after: position, limit: 1)
            let seconds = first.first.map { Double(max(0, (now - $0.recordedAt).inMilliseconds)) / 1000 } ?? 0
            cursors.append(Cursor(topic: topic, position: position, lag: lag, lagSeconds: seconds))
        }
        return cursors
    }

    private var hasRelays: Bool { entries.contains { $0.relay != nil } }

    var text: String {
        let rows = entries.map { entry in
            [
                entry.service.rawValue, String(entry.partition), entry.isOwned ? entry.owner : "nobody",
                entry.isOwned ? entry.address : "", String(entry.epoch), String(entry.head),
                entry.cursors.map { "\($0.topic.rawValue) \($0.position)" }.joined(separator: ", "),
                entry.cursors.map { "\($0.lag) (\($0.lagSeconds) s)" }.joined(separator: ", "),
            ] + (hasRelays ? [entry.relay.map { "\($0.events) (\($0.age.inSeconds) s)" } ?? ""] : [])
        }
        return Terminal.table(
            ["service", "partition", "owner", "address", "epoch", "head", "read", "lag"]
                + (hasRelays ? ["broker's lag"] : []), rows)
    }

    var document: String {
        var json = JSONWriter()
        json.object { json in
            json.member("nodes", array: nodes) { json, entry in
                json.object { json in
                    json.member("service", entry.service.rawValue)
                    json.member("owner", entry.node.owner)
                    json.member("address", entry.node.address)
                    json.member("expires_at", entry.node.expiresAt)
                }
            }
            json.member("partitions", array: entries) { json, entry in json.object { Self.write(entry, &$0) } }
        }
        return json.text
    }

    private static func write(_ entry: Entry, _ json: inout JSONWriter) {
        json.member("service", entry.service.rawValue)
        json.member("partition", entry.partition)
        json.member("owner", entry.owner)
        json.member("address", entry.address)
        json.member("is_owned", entry.isOwned)
        json.member("epoch", entry.epoch)
        json.member("head", entry.head)
        if let relay = entry.relay {
            json.member("relay") { json in
                json.member("position", relay.position)
                json.member("lag_events", relay.events)
                json.member("lag_seconds", relay.age.inSeconds)
            }
        }
        json.member("cursors", array: entry.cursors) { json, cursor in
            json.object { json in
                json.member("topic", cursor.topic.rawValue)
                json.member("position", cursor.position)
                json.member("lag_events", cursor.lag)
                json.member("lag_seconds", cursor.lagSeconds)
            }
        }
    }
}
