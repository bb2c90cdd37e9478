import AsyncHTTPClient
import Contracts
import FeedLog
import Kernel
import Ports
import Runtime
import Testing

@testable import doorstep

/// What an event log promises, over the feeds of a running server.
@Suite struct FeedEventLogTests {
    @Test func theFeedsSayWhatTheLogsHold() async throws {
        try await OpenShop.with(try TemporaryFolder()) { shop in
            try await shop.place(20)
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            let (url, token) = (shop.server.configuration.url, shop.token)
            let data = shop.server.system.folder
            let outcome = await OwnThread.run { Result { try Self.compare(url, token: token, client, data) } }
            try await client.shutdown()
            try outcome.get()
        }
    }

    private static func compare(_ url: String, token: String, _ client: HTTPClient, _ data: DataFolder) throws {
        let databases: [Topic: any Database] = Dictionary(
            uniqueKeysWithValues: Topic.allCases.map { ($0, data.database($0)) })
        let local = LocalEventLog(databases: databases, recent: RecentEvents())
        let service = FeedEventLog.Service(baseURL: url) { token }
        let feed = FeedEventLog(
            services: [.orders: service, .warehouse: service], readers: [.orders: [service]], partitions: 1,
            client: client)
        let expected = try local.read(.orders, partition: 0, after: 0, limit: 1000)
        #expect(expected.count >= 20)
        #expect(Array(try feed.read(.orders, partition: 0, after: 0, limit: 1000).prefix(expected.count)) == expected)
        for position in [1, 7, expected.count - 1] {
            let rest = try feed.read(.orders, partition: 0, after: Int64(position), limit: 3)
            #expect(rest.count <= 3)
            #expect(Array(rest.prefix(expected.count - position)) == Array(expected[position...].prefix(3)))
        }
        #expect(try feed.read(.orders, partition: 0, after: 1 << 40, limit: 10) == [])
        #expect(try feed.read(.orders, partition: 7, after: 0, limit: 10) == [])
        #expect(try feed.read(.warehouse, partition: 0, after: 0, limit: 5).map(\.position) == [1, 2, 3, 4, 5])
        let read = try local.readByAll(.orders, partition: 0)
        #expect(try feed.readByAll(.orders, partition: 0) >= read)
        #expect(try feed.readByAll(.warehouse, partition: 0) == 0, "nobody was named")
        expectFault("feed_refused") {
            let stranger = FeedEventLog.Service(baseURL: url) { "dsk_wrong" }
            _ = try FeedEventLog(services: [.orders: stranger], client: client)
                .read(.orders, partition: 0, after: 0, limit: 1)
        }
        expectFault("partitions_differ") {
            _ = try FeedEventLog(services: [.orders: service], partitions: 4, client: client)
                .read(.orders, partition: 0, after: 0, limit: 1)
        }
        expectFault("log_unknown") { _ = try feed.read(.shipping, partition: 0, after: 0, limit: 1) }
        expectFault("feed_unavailable") {
            _ = try FeedEventLog(
                services: [.orders: FeedEventLog.Service(baseURL: "http://127.0.0.1:1")], client: client
            ).read(.orders, partition: 0, after: 0, limit: 1)
        }
    }

    private static func expectFault(_ code: String, _ body: () throws -> Void) {
        do {
            try body()
            Issue.record("nothing was thrown instead of \(code)")
        } catch {
            #expect((error as? Fault)?.code == code)
        }
    }
}
