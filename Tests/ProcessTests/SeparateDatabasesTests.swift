import Foundation
import Kernel
import PostgresStore
import TestServers
import Testing

/// Each service in a process of its own, on a database that no other can open: events go over the services' feeds alone.
@Suite(.serialized)
struct SeparateDatabasesTests {
    private static let share = ["--share", "--lease-seconds", "2", "--partitions", "2"]

    @Test func ordersGoTheirWayOverFeeds() async throws {
        let postgres = try PostgresServer.shared()
        let stores = try Dictionary(
            uniqueKeysWithValues: ["orders", "warehouse", "shipping"].map { ($0, try postgres.makeDatabase()) })
        let folder = try TemporaryFolder()
        let keys = "\(folder.path)/feed-keys"
        let ports = ["warehouse": try FreePort.any(), "shipping": try FreePort.any()]
        var options = Installation.Options(
            failRate: 0.2, database: stores["orders"], keysDatabase: try postgres.makeDatabase(),
            databases: stores.filter { $0.key != "orders" })
        options.serve =
            Self.share + ["--roles", "orders,api", "--feed-keys", keys]
            + ports.sorted { $0.key < $1.key }.flatMap { ["--feed", "\($0.key)=http://127.0.0.1:\($0.value)"] }
        try await Installation.with(options, opensShop: false) { installation in
            // Feeds are read as soon as there are keys, which are made when somebody has made their table.
            let token = try #require(installation.shop.token)
            try ["orders", "warehouse", "shipping"].map { "\($0)=\(token)\n" }.joined()
                .write(toFile: keys, atomically: true, encoding: .utf8)
            let others = try ["warehouse", "shipping"].map { service in
                let elsewhere = ["warehouse", "shipping"].filter { $0 != service }
                return try SecondProcess(
                    installation,
                    Self.share + [
                        "--roles", service, "--data", try Self.dataFolder(service, folder, installation),
                        "--feed-keys", keys, "--feed", "orders=\(installation.url)",
                    ] + elsewhere.flatMap { ["--feed", "\($0)=http://127.0.0.1:\(ports[$0] ?? 0)"] },
                    database: stores[service], port: ports[service])
            }
            for process in others { try await process.waitUntilReady() }
            try await Shop.open(installation.shop)
            let shoppers = Shoppers(installation.shop, seed: 31, ordersMax: 60)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(50))
            for process in others {
                try await eventuallyTrue("some orders") { shoppers.acknowledged.count > 10 }
                try await process.program.killHard()
                try process.launch()
                try await process.waitUntilReady()
            }
            try await shopping
            try await installation.settle(within: .seconds(120))
            try await Self.expectReadersKnown(installation, others)
            for process in others { try await process.stop() }
            try await installation.expectEverythingOnce(shoppers)
            try Self.expectApart(stores)
        }
    }

    /// With the secrets that an operator copies.
    private static func dataFolder(
        _ service: String, _ folder: TemporaryFolder, _ installation: Installation
    ) throws -> String {
        let path = "\(folder.path)/\(service)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for secret in ["courier-secrets", "cluster-secret"] {
            try FileManager.default.copyItem(
                atPath: "\(installation.dataPath)/\(secret)", toPath: "\(path)/\(secret)")
        }
        return path
    }

    /// Producers are told how far their readers have come: what these have not read is kept.
    private static func expectReadersKnown(_ installation: Installation, _ others: [SecondProcess]) async throws {
        for partition in 0..<2 {
            let feed = try await installation.shop.get("/v1/feeds/orders/\(partition)?limit=1000")
            let events = Int64(feed.json.array?.count ?? 0)
            #expect(events > 100)
            for process in others {
                try await eventuallyTrue("all of Orders' events read") {
                    let cursors = try await process.shop.get("/v1/cursors/orders/\(partition)")
                    return (cursors.json["position"]?.integer ?? 0) >= events
                }
            }
        }
    }

    /// No database has another service's tables.
    private static func expectApart(_ stores: [String: String]) throws {
        for (service, url) in stores {
            for schema in stores.keys {
                let connection = try PostgresDatabase(url: url, schema: schema).connect(.read)
                defer { connection.close() }
                #expect(try connection.hasTable("events") == (schema == service), "\(schema) in \(service)'s")
            }
        }
    }
}
