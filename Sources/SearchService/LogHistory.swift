import Contracts
import Kernel
import Ports
import Runtime

/// Folds orders anew, from the logs of all services.
///
/// What a log no longer has cannot be folded: events are removed when their time is over. A stored fold was made while
/// they were there, and is what is left of them.
public struct LogHistory: Sendable {
    /// Up to where a stored fold has read, and what it has not taken from there.
    struct Reach: Sendable {
        let cursors: [Topic: [Int: Int64]]
        /// Orders of which an input is or was parked: their folds lack what the log has.
        let parked: Set<Int64>

        /// To be read in the transaction in which the folds are.
        init(_ database: any DatabaseConnection) throws(Fault) {
            var cursors: [Topic: [Int: Int64]] = [:]
            try database.query("SELECT topic, partition, position FROM cursors", []) { row in
                guard let topic = Topic(rawValue: row.text(0)) else { return }
                cursors[topic, default: [:]][row.int(1)] = row.integer(2)
            }
            self.cursors = cursors
            parked = Set(try database.rows("SELECT DISTINCT key FROM dead_letters") { $0.integer(0) })
        }
    }

    private let logs: [Topic: ReadPool]

    /// - Parameter logs: of every topic's database; without all of them nothing can be folded.
    public init(_ logs: [Topic: ReadPool]) { self.logs = logs }

    /// What the stored folds should say.
    ///
    /// - Returns: only orders whose whole history is there, and none with a parked input.
    func folds(of ids: [OrderID], upTo reach: Reach) async throws(Fault) -> [OrderID: OrderFold] {
        guard logs.count == Topic.allCases.count else { return [:] }
        var folds: [OrderID: OrderFold] = [:]
        for topic in Topic.allCases {
            guard let log = logs[topic] else { continue }
            let histories = try await log.read { database throws(Fault) in
                var histories: [[Envelope]] = []
                for id in ids { histories.append(try LogTable.history(topic, database, key: id.rawValue)) }
                return histories
            }
            for (id, history) in zip(ids, histories) where !reach.parked.contains(id.rawValue) {
                for envelope in history where envelope.event.concernsOrder {
                    guard envelope.position <= reach.cursors[topic]?[envelope.partition] ?? 0 else { continue }
                    folds[id, default: OrderFold()].apply(envelope)
                }
            }
        }
        // The log loses its beginning first: who has the order's first event has all.
        return folds.filter { $0.value.placedAt != nil }
    }
}
