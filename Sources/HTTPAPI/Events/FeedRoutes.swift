import Contracts
import Hummingbird
import Kernel
import Runtime

/// The services' logs over HTTP, for readers in other processes.
enum FeedRoutes {
    static func all(_ services: APIServices) -> [Route] {
        Topic.allCases.map { topic in
            .get("/v1/feeds/\(topic.rawValue)/{partition}", .scope(topic.scope)) { call async throws(Problem) in
                try await read(topic, call, services)
            }
        }
    }

    static let limitMax = 1000

    /// Events after a position, in order. `wait` seconds are waited for the first one when there is none yet.
    private static func read(_ topic: Topic, _ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        guard let partition = Int(call.parameter("partition")), (0..<1 << 15).contains(partition) else {
            throw .notFound("partition")
        }
        var query = call.query
        let after = query.parsed("after", "a position, 0 or more") { Int64($0).flatMap { $0 >= 0 ? $0 : nil } } ?? 0
        let limit = query.int("limit", in: 1...limitMax) ?? 100
        let wait = query.int("wait", in: 0...Call.waitSecondsMax) ?? 0
        try query.finish()
        // Listening begins before reading, so that what is committed in between is not missed.
        let commits = wait > 0 ? services.eventStream.subscribe(to: [topic], capacity: 1, hearsOthers: true) : nil
        var envelopes = try await page(topic, partition, after, limit, services)
        if envelopes.isEmpty, let commits {
            await awaitFirst(of: commits, partition, atMost: .seconds(wait))
            envelopes = try await page(topic, partition, after, limit, services)
        }
        var reply = Reply(200, CloudEvents.batchContentType, CloudEvents.batch(envelopes))
        let last = envelopes.last?.position ?? after
        reply.headers[.partitions] = String(services.partitionCount)
        reply.headers[.link] = "<\(call.path)?after=\(last)&limit=\(limit)>; rel=\"next\""
        return reply
    }

    private static func awaitFirst(
        of commits: AsyncStream<[Envelope]>, _ partition: Int, atMost limit: Duration
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Of what another process committed, it is not known what.
                for await committed in commits
                where committed.isEmpty || committed.contains(where: { $0.partition == partition }) { return }
            }
            group.addTask {
                // Ends early only when it is cancelled, and then nobody waits for it.
                try? await Task.sleep(for: limit)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static func page(
        _ topic: Topic, _ partition: Int, _ after: Int64, _ limit: Int, _ services: APIServices
    ) async throws(Problem) -> [Envelope] {
        try await services.reads(topic).ask { database throws(Fault) in
            try LogTable.read(topic, database, partition: partition, after: after, limit: limit)
        }
    }
}

extension FieldName {
    /// How many partitions the log has.
    static let partitions = known("doorstep-partitions")
}

extension Topic {
    /// Who may read it.
    var scope: Scope {
        switch self {
        case .orders: .ordersRead
        case .warehouse: .stockRead
        case .shipping: .shippingRead
        }
    }
}
