import Kernel
import TestServers
import Testing

/// Three services in processes of their own, on PostgreSQL, with a real broker between them that is down, dies, or
/// forgets. Afterwards all books agree, and the broker holds every event of every log.
@Suite(.serialized)
struct BrokerFaultTests {
    /// Another number by `DOORSTEP_BROKER_DOWN_SECONDS`.
    static let secondsDown = Environment.number("DOORSTEP_BROKER_DOWN_SECONDS") ?? 8
    /// Another number by `DOORSTEP_BROKER_KILLS`.
    static let kills = Environment.number("DOORSTEP_BROKER_KILLS") ?? 2
    static let partitions = 2

    @Test(arguments: BrokerServer.Kind.allCases)
    func checkoutGoesOnWhileTheBrokerIsDown(_ kind: BrokerServer.Kind) async throws {
        try await Self.with(kind) { installation, others, broker in
            let shoppers = Shoppers(installation.shop, seed: 21, ordersMax: 100_000, cancelRate: 0.05)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(80))
            try await eventuallyTrue("orders before", within: .seconds(60)) { shoppers.acknowledged.count >= 30 }
            let before = shoppers.takeLatencies()
            broker.stop()
            try await Task.sleep(for: .seconds(Self.secondsDown))
            let during = shoppers.takeLatencies()
            try await Self.expectRelaysDown(installation)
            try broker.start()
            shoppers.stop()
            try await shopping
            let start = ContinuousClock.now
            try await Self.expectEverything(kind, installation, others, broker, shoppers) { server, sandbox in
                """
                \(kind.rawValue) down for \(Self.secondsDown) s: checkout p50/p99 \(OutageTests.text(before)) ms before, \
                \(OutageTests.text(during)) ms during (\(during.count) orders), caught up in \
                \(ContinuousClock.now - start); \(Report.figures(server, sandbox))
                """
            }
            #expect(during.count > 5 * Self.secondsDown, "checkout needs no broker")
            #expect(shoppers.repetitions == 0)
        }
    }

    @Test(arguments: BrokerServer.Kind.allCases)
    func aBrokerThatIsKilledAgainAndAgainLosesNothing(_ kind: BrokerServer.Kind) async throws {
        try await Self.with(kind) { installation, others, broker in
            let shoppers = Shoppers(installation.shop, seed: 22, ordersMax: 100_000)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(100))
            var random = SeededGenerator(seed: 23)
            for _ in 0..<Self.kills {
                // The moment is what the test is about, not a wait for anything.
                try await Task.sleep(for: .milliseconds(500 + Int(random.next() % 2500)))
                broker.killHard()
                try await Task.sleep(for: .milliseconds(Int(random.next() % 1500)))
                try broker.start()
            }
            shoppers.stop()
            try await shopping
            try await Self.expectEverything(kind, installation, others, broker, shoppers) { server, sandbox in
                "\(Self.kills) kills of \(kind.rawValue): \(Report.figures(server, sandbox))"
            }
        }
    }

    /// Killed when it has just acknowledged everything, and back with nothing: no topic, no stream, no event.
    @Test(arguments: BrokerServer.Kind.allCases)
    func aBrokerThatComesBackEmptyIsFilledAgain(_ kind: BrokerServer.Kind) async throws {
        try await Self.with(kind) { installation, others, broker in
            let shoppers = Shoppers(installation.shop, seed: 24, ordersMax: 80)
            try await shoppers.run(clients: 4, pause: .zero, upTo: 40)
            try await eventuallyTrue("relays that are done", within: .seconds(60)) {
                try await Self.eventsNotPublished(installation) == 0
            }
            broker.killHard()
            try broker.wipe()
            try broker.start()
            try await shoppers.run(clients: 4, pause: .milliseconds(20))
            try await Self.expectEverything(kind, installation, others, broker, shoppers) {
                "\(kind.rawValue) came back empty: \(Report.figures($0, $1))"
            }
        }
    }

    // MARK: The three processes

    private static func with(
        _ kind: BrokerServer.Kind, _ body: (Installation, [SecondProcess], BrokerServer) async throws -> Void
    ) async throws {
        let broker = try BrokerServer(kind)
        defer { broker.remove() }
        let share = ["--share", "--lease-seconds", "3", "--partitions", String(partitions)]
        let options = Installation.Options(
            database: try PostgresServer.shared().makeDatabase(), broker: broker.url(prefix: "shop"),
            serve: share + ["--roles", "orders,api"])
        try await Installation.with(options, opensShop: false) { installation in
            let others = try ["warehouse", "shipping"].map { role in
                try SecondProcess(installation, share + ["--roles", role])
            }
            for process in others { try await process.waitUntilReady() }
            try await Shop.open(installation.shop)
            try await body(installation, others, broker)
        }
    }

    /// Events that the broker is not known to have, of all logs.
    private static func eventsNotPublished(_ installation: Installation) async throws -> Int64 {
        let told = try await Program.run(["cluster", "--json"] + installation.place, in: installation.folder)
        let document = try JSONValue(parsing: Array(told.output.utf8))
        let partitions = try #require(document["partitions"]?.array)
        return partitions.reduce(0) { $0 + ($1["relay"]?["lag_events"]?.integer ?? $1["head"]?.integer ?? 1) }
    }

    private static func expectRelaysDown(_ installation: Installation) async throws {
        let metrics = try await installation.shop.get("/metrics").text
        #expect(metrics.contains("doorstep_relay_up{topic=\"orders\"} 0\n"), "\(metrics)")
    }

    /// Every order is at its end, all books agree, and the broker has everything that the logs have.
    private static func expectEverything(
        _ kind: BrokerServer.Kind, _ installation: Installation, _ others: [SecondProcess], _ broker: BrokerServer,
        _ shoppers: Shoppers, _ figures: (ServerBooks, SandboxBooks) -> String
    ) async throws {
        try await installation.settle(within: .seconds(150))
        let database = try #require(installation.place.last)
        let content = try BrokerContent(
            kind, url: broker.url(prefix: "shop"), database: database, partitions: partitions)
        #expect(content.differences == [])
        try await eventuallyTrue("relays that are done", within: .seconds(60)) {
            try await eventsNotPublished(installation) == 0
        }
        for process in others { #expect(try process.program.isRunning) }
        for process in others { try await process.stop() }
        let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
        Report.say("\(figures(server, sandbox)); \(content.eventCount) events at the broker")
    }
}
