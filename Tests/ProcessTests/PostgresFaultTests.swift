import Kernel
import TestServers
import Testing

/// The server on a real PostgreSQL that dies, is cut off, or is not there.
@Suite(.serialized)
struct PostgresFaultTests {
    /// Another number by `DOORSTEP_POSTGRES_KILLS`, another seed by `DOORSTEP_KILL_SEED`.
    static let kills = Environment.number("DOORSTEP_POSTGRES_KILLS") ?? 2
    static let seed = UInt64(Environment.number("DOORSTEP_KILL_SEED") ?? 1)

    @Test func everyAcknowledgedOrderSurvivesKillsOfPostgreSQLAndNothingHappensTwice() async throws {
        let postgres = try PostgresServer()
        defer { postgres.remove() }
        try await Installation.with(Installation.Options(failRate: 0.2, database: postgres.url)) { installation in
            let shoppers = Shoppers(installation.shop, seed: Self.seed, ordersMax: 60 + Self.kills * 60)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
            var random = SeededGenerator(seed: Self.seed)
            for _ in 0..<Self.kills {
                try await installation.waitUntilReady()
                // The moment is what the test is about, not a wait for anything.
                try await Task.sleep(for: .milliseconds(500 + Int(random.next() % 1500)))
                postgres.killHard()
                try await Task.sleep(for: .milliseconds(Int(random.next() % 1000)))
                try postgres.start()
            }
            try await installation.waitUntilReady()
            shoppers.stop()
            try await shopping
            try await installation.settle()
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            #expect(server.orders.count { $0.isCompleted } > Self.kills)
            Report.say(
                """
                \(Self.kills) kills of PostgreSQL: \(Report.figures(server, sandbox)), \
                \(shoppers.repetitions) requests repeated
                """)
        }
    }

    @Test func connectionsThatAreCutOffAgainAndAgainLoseNothing() async throws {
        let postgres = try PostgresServer()
        defer { postgres.remove() }
        try await Installation.with(Installation.Options(database: postgres.url)) { installation in
            let shoppers = Shoppers(installation.shop, seed: Self.seed, ordersMax: 60)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
            for _ in 0..<10 {
                try await Task.sleep(for: .milliseconds(150))
                try postgres.cutConnections()
            }
            shoppers.stop()
            try await shopping
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test func aServerWithoutItsPostgreSQLSaysSo() async throws {
        let folder = try TemporaryFolder()
        let port = try FreePort.any()
        let url = "postgres://nobody@127.0.0.1:\(port)/none?connect_timeout=2"
        for command in [["serve", "--port", String(try FreePort.any())], ["audit"]] {
            let run = try await Program.run(
                command + ["--data", "\(folder.path)/data", "--database", url], in: folder, within: .seconds(30))
            #expect(run.end == .exit(74), "\(run.end) \(run.errors)")
            #expect(run.errors.contains("database_unavailable"))
        }
    }
}
