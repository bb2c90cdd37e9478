import Contracts
import Kernel
import Runtime

/// Everything that happened to an order, from all services' logs.
enum TimelineRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/orders/{id}/events", .scope(.ordersRead)) { call async throws(Problem) in
                let id = try call.id("id", OrderKind.self, "order")
                try call.query.finish()
                let envelopes = try await Timeline.read(id, services)
                guard !envelopes.isEmpty else { throw .notFound("order") }
                let missing = Topic.allCases.filter { !services.isHere($0) }
                return .object { json in
                    // What the processes of other services know is asked of them.
                    if !missing.isEmpty { json.member("missing", array: missing) { $0.string($1.rawValue) } }
                    json.member("data", array: envelopes) { json, envelope in
                        json.object { CloudEvents.write(envelope, &$0) }
                    }
                }
            }
        ]
    }
}

/// An order's events of all three logs as one story.
public enum Timeline {
    /// In the order of recording; events of one log never change places.
    ///
    /// - Returns: none when no service knows the order; the logs of services that other processes run are left out.
    /// - Throws: a problem when a log cannot be read, or none of them is here.
    public static func read(_ id: OrderID, _ services: APIServices) async throws(Problem) -> [Envelope] {
        var logs: [[Envelope]] = []
        for topic in Topic.allCases {
            let log = try await services.reads(topic).askIfHere { database throws(Fault) in
                try LogTable.history(topic, database, key: id.rawValue)
            }
            if let log { logs.append(log) }
        }
        guard !logs.isEmpty else { throw Problem(.elsewhere(.orders, partition: nil)) }
        return merge(logs)
    }

    /// Times tie often, since services react within a millisecond: then the one comes first that the other reacts to.
    ///
    /// - Complexity: O(events × logs).
    public static func merge(_ logs: [[Envelope]]) -> [Envelope] {
        var next = [Int](repeating: 0, count: logs.count)
        var merged: [Envelope] = []
        merged.reserveCapacity(logs.reduce(0) { $0 + $1.count })
        while true {
            let heads = logs.indices.filter { next[$0] < logs[$0].count }
            let first = heads.min { left, right in
                let (left, right) = (logs[left][next[left]], logs[right][next[right]])
                if left.recordedAt != right.recordedAt { return left.recordedAt < right.recordedAt }
                return CausalRank.rank(of: left.event) < CausalRank.rank(of: right.event)
            }
            guard let first else { return merged }
            merged.append(logs[first][next[first]])
            next[first] += 1
        }
    }
}
