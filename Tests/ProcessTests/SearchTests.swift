import Foundation
import Kernel
import Ports
import PostgresStore
import TestServers
import Testing

/// Searching while processes die.
@Suite(.serialized)
struct SearchTests {
    private func place(_ numbers: ClosedRange<Int>, _ installation: Installation) async throws {
        for number in numbers {
            let answer = try await installation.shop.post(
                "/v1/orders", Shop.order(number, seed: 1), key: "order-\(number)")
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    private func total(_ query: String, _ installation: Installation) async throws -> Int64? {
        try await installation.shop.get("/v1/orders?q=\(query)").json["total"]?.integer
    }

    private func verify(_ installation: Installation, _ more: [String] = []) async throws {
        try await eventuallyTrue("nothing waits", within: .seconds(30)) {
            let status = try await installation.shop.get("/v1/search").json
            return status["unread_events"]?.integer == 0 && status["waiting_documents"]?.integer == 0
        }
        let report = try await Program.run(
            ["search", "verify", "--json", "--data", installation.dataPath] + more, in: installation.folder,
            within: .seconds(60))
        #expect(report.end == .success, "\(report.output)\(report.errors)")
    }

    /// The engine dies, and comes back with nothing: orders flow all the time, and the index catches up by itself.
    @Test(.timeLimit(.minutes(3))) func ordersFlowWithoutTheEngineAndTheIndexCatchesUp() async throws {
        let engine = try SearchEngine()
        var options = Installation.Options(failRate: 0)
        options.serve = ["--search", engine.url]
        let client = Requester(client: Requester.makeClient(), baseURL: engine.url)
        var program = try await engine.start(client)
        try await Installation.with(options) { installation in
            try await place(1...5, installation)
            try await eventuallyTrue("five orders are found") { try await total("item", installation) == 5 }
            try await program.killHard()
            try await place(6...10, installation)
            let status = try await eventually("the lag is told", within: .seconds(30)) {
                let status = try await installation.shop.get("/v1/search").json
                return status["fault"] != nil && (status["waiting_documents"]?.integer ?? 0) >= 5 ? status : nil
            }
            #expect(status["fault"]?.string == "search_unavailable")
            let down = try await installation.shop.get("/v1/orders?q=item")
            #expect(down.status == 503 && down.json["code"]?.string == "search_unavailable", "\(down.text)")
            let stored = try await installation.shop.get("/v1/orders?q=")
            #expect(stored.status == 200 && stored.json["source"]?.string == "store", "\(stored.text)")
            #expect(stored.json["data"]?.array?.count == 10)
            program = try await engine.start(client)
            try await eventuallyTrue("all orders are found", within: .seconds(60)) {
                try await total("item", installation) == 10
            }
            try await verify(installation, ["--search", engine.url])
        }
        try await program.killHard()
        try await client.client.shutdown()
    }

    /// `kill -9` again and again: what is acknowledged is found, and the index is what the log says.
    @Test(.timeLimit(.minutes(3))) func killsLoseNothingOfTheIndex() async throws {
        try await Installation.with(Installation.Options(failRate: 0)) { installation in
            for round in 0..<4 {
                try await place((round * 8 + 1)...(round * 8 + 8), installation)
                // The moment is what the test is about, not a wait for anything.
                try await Task.sleep(for: .milliseconds(40 * round))
                try await installation.server.killHard()
                if round == 2 { try FileManager.default.removeItem(atPath: "\(installation.dataPath)/search-index") }
                try await installation.startServer()
            }
            try await eventuallyTrue("all orders are found", within: .seconds(60)) {
                try await total("item", installation) == 32
            }
            try await verify(installation)
            let found = try await Program.run(
                ["orders", "search", "number:n-7", "--json", "--data", installation.dataPath], in: installation.folder)
            #expect(
                found.end == .success && found.output.contains("\"number\":\"n-7\""), "\(found.output)\(found.errors)")
            let rebuilt = try await Program.run(
                ["search", "rebuild", "--data", installation.dataPath], in: installation.folder)
            #expect(
                rebuilt.end == .success && rebuilt.output.contains("Up to date."), "\(rebuilt.output)\(rebuilt.errors)")
            try await verify(installation)
        }
    }

    /// The index is in PostgreSQL where the tables are, without being told; its server dies, and its tables are dropped.
    @Test(.timeLimit(.minutes(3))) func postgresFindsWhatPostgresKeeps() async throws {
        let postgres = try PostgresServer()
        defer { postgres.remove() }
        let store = ["--database", postgres.url]
        try await Installation.with(Installation.Options(failRate: 0, database: postgres.url)) { installation in
            try await place(1...5, installation)
            try await eventuallyTrue("five orders are found") { try await total("item", installation) == 5 }
            #expect(try await installation.shop.get("/v1/search").json["engine"]?.string == "postgresql")
            try await installation.server.killHard()
            postgres.killHard()
            try postgres.start()
            try await installation.startServer()
            // The dead process's leases run out first.
            try await eventuallyTrue("an order is taken again", within: .seconds(30)) {
                try await installation.shop.post("/v1/orders", Shop.order(6, seed: 1), key: "order-6").status == 201
            }
            try await place(6...10, installation)
            try await eventuallyTrue("ten orders are found", within: .seconds(60)) {
                try await total("item", installation) == 10
            }
            try await verify(installation, store)
            let former = try #require(try await installation.shop.get("/v1/search").json["index"]?.string)
            let search = try PostgresDatabase(url: postgres.url, schema: "search").connect(.write)
            try search.execute("DROP TABLE \"\(former)\", \"\(former)-words\", \"\(former)-combinations\"")
            search.close()
            try await place(11...12, installation)
            try await eventuallyTrue("all orders are found in a new index", within: .seconds(60)) {
                try await total("item", installation) == 12
            }
            #expect(try await installation.shop.get("/v1/search").json["index"]?.string != former)
            let rebuilt = try await Program.run(
                ["search", "rebuild", "--data", installation.dataPath] + store, in: installation.folder)
            #expect(rebuilt.end == .success, "\(rebuilt.output)\(rebuilt.errors)")
            try await verify(installation, store)
        }
    }
}
