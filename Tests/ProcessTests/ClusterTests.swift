import Foundation
import Kernel
import SQLiteStore
import TestServers
import Testing

/// Several processes on one store: whoever dies, stops or is told the same as another, nothing is lost or done twice.
@Suite(.serialized)
struct ClusterTests {
    /// Another number by `DOORSTEP_CLUSTER_KILLS`.
    static let kills = Environment.number("DOORSTEP_CLUSTER_KILLS") ?? 4
    /// Another number by `DOORSTEP_POSTMASTER_KILLS`.
    static let postmasterKills = Environment.number("DOORSTEP_POSTMASTER_KILLS") ?? 2
    static let shared = ["--share", "--lease-seconds", "2", "--partitions", "4"]

    /// - Parameter serve: of the first process.
    private static func with(
        _ store: TestStore, serve: [String] = shared, opensShop: Bool = true,
        _ body: (Installation) async throws -> Void
    ) async throws {
        let database = store == .postgres ? try PostgresServer.shared().makeDatabase() : nil
        let options = Installation.Options(failRate: 0.2, database: database, serve: serve)
        try await Installation.with(options, opensShop: opensShop, body)
    }

    @Test(arguments: TestStore.allCases) func killedProcessesLoseNothingAndDoNothingTwice(_ store: TestStore)
        async throws
    {
        try await Self.with(store) { installation in
            let second = try SecondProcess(installation, Self.shared)
            try await second.waitUntilReady()
            let shoppers = Shoppers(installation.shop, seed: 11, ordersMax: 40 + Self.kills * 25)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
            var random = SeededGenerator(seed: 12)
            for _ in 0..<Self.kills {
                // The moment is what the test is about, not a wait for anything.
                try await Task.sleep(for: .milliseconds(Int(random.next() % 3000)))
                if random.chance(0.5) {
                    try await installation.server.killHard()
                    try installation.launchServer()
                } else {
                    try await second.program.killHard()
                    try second.launch()
                }
            }
            try await installation.waitUntilReady()
            try await second.waitUntilReady()
            shoppers.stop()
            try await shopping
            try await installation.settle()
            try await second.stop()
            try await installation.expectEverythingOnce(shoppers)
            #expect(shoppers.acknowledged.count > Self.kills * 4)
        }
    }

    /// Three services in two processes each, and any of the six dies.
    @Test(arguments: TestStore.allCases) func killedServicesLoseNothingAndDoNothingTwice(_ store: TestStore)
        async throws
    {
        try await Self.withSix(store) { installation, others in
            let shoppers = Shoppers(installation.shop, seed: 17, ordersMax: 20 + Self.kills * 20)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(50))
            var random = SeededGenerator(seed: 18)
            for _ in 0..<Self.kills {
                try await Task.sleep(for: .milliseconds(Int(random.next() % 2500)))
                let victim = Int(random.next() % 6)
                if victim == 5 {
                    try await installation.server.killHard()
                    try installation.launchServer()
                } else {
                    try await others[victim].program.killHard()
                    try others[victim].launch()
                }
            }
            try await installation.waitUntilReady()
            for process in others { try await process.waitUntilReady() }
            shoppers.stop()
            try await shopping
            try await installation.settle(within: .seconds(150))
            for process in others { try await process.stop() }
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            Report.say("\(Self.kills) kills of six processes on \(store): \(Report.figures(server, sandbox))")
        }
    }

    /// Two processes for each service, on tables that all six want to make at once.
    private static func withSix(
        _ store: TestStore, database: String? = nil, _ body: (Installation, [SecondProcess]) async throws -> Void
    ) async throws {
        let database = try database ?? (store == .postgres ? PostgresServer.shared().makeDatabase() : nil)
        let options = Installation.Options(
            failRate: 0.2, database: database, serve: shared + ["--roles", "orders,api"])
        try await Installation.with(options, opensShop: false) { installation in
            let others = try ["orders,api", "warehouse", "warehouse", "shipping", "shipping"].map {
                try SecondProcess(installation, shared + ["--roles", $0])
            }
            for process in others { try await process.waitUntilReady() }
            try await Shop.open(installation.shop)
            try await body(installation, others)
        }
    }

    /// Nobody has to be first on a new store.
    @Test(arguments: TestStore.allCases) func sixProcessesMayStartAtOnceOnNothing(_ store: TestStore) async throws {
        for _ in 0..<2 {
            let options = Installation.Options(
                database: store == .postgres ? try PostgresServer.shared().makeDatabase() : nil,
                serve: Self.shared + ["--roles", "shipping"])
            try await Installation.withoutStart(options) { installation in
                let others = try ["warehouse", "orders,api", "api", "warehouse", "orders"].map {
                    try SecondProcess(installation, Self.shared + ["--roles", $0])
                }
                try installation.launchServer()
                for process in others { try await process.waitUntilReady() }
                try await installation.waitUntilReady()
                try await eventuallyTrue("an owner for everything") {
                    try await ClusterBooks(installation).isComplete
                }
                for process in others { try await process.stop() }
                try await installation.stopServer()
            }
        }
    }

    /// In two partitions, neither of which can see the other's before it is committed.
    @Test(arguments: TestStore.allCases) func oneOfTwoOrdersWithOneNumberIsRefused(_ store: TestStore) async throws {
        try await Self.with(store) { installation in
            let second = try SecondProcess(installation, Self.shared)
            try await second.waitUntilReady()
            try await eventuallyTrue("fair shares") {
                try await ClusterBooks(installation).count(ownedBy: second.port) == 6
            }
            for number in 1...40 {
                let order = Shop.order(number, seed: 26)
                async let here = installation.shop.post("/v1/orders", order, key: "here-\(number)")
                async let there = second.shop.post("/v1/orders", order, key: "there-\(number)")
                let answers = try await [here, there].sorted { $0.status < $1.status }
                #expect(answers.map(\.status) == [201, 409], "\(answers.map(\.text))")
                #expect(answers.last?.json["code"]?.string == "duplicate_number")
            }
            try await installation.settle()
            try await second.stop()
            #expect(try installation.books().orders.count == 40)
            try await installation.stopServer()
            try await installation.expectCleanAudit()
        }
    }

    /// PostgreSQL itself dies under six processes, all of which live on.
    @Test func killsOfPostgreSQLLoseNothingOfSixProcesses() async throws {
        let postgres = try PostgresServer()
        defer { postgres.remove() }
        try await Self.withSix(.postgres, database: postgres.url) { installation, others in
            let shoppers = Shoppers(installation.shop, seed: 19, ordersMax: 40 + Self.postmasterKills * 60)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
            var random = SeededGenerator(seed: 20)
            for _ in 0..<Self.postmasterKills {
                try await installation.waitUntilReady()
                try await Task.sleep(for: .milliseconds(500 + Int(random.next() % 2000)))
                postgres.killHard()
                try await Task.sleep(for: .milliseconds(Int(random.next() % 1000)))
                try postgres.start()
            }
            try await installation.waitUntilReady()
            shoppers.stop()
            try await shopping
            try await installation.settle(within: .seconds(150))
            for process in others { try await process.stop() }
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            Report.say(
                """
                \(Self.postmasterKills) kills of PostgreSQL under six processes: \(Report.figures(server, sandbox)), \
                \(shoppers.repetitions) requests repeated
                """)
        }
    }

    @Test(arguments: TestStore.allCases) func aProcessThatStopsHandsItsPartitionsOverAtOnce(_ store: TestStore)
        async throws
    {
        let longLeases = ["--share", "--lease-seconds", "10", "--partitions", "4"]
        try await Self.with(store, serve: longLeases) { installation in
            let second = try SecondProcess(installation, longLeases)
            try await second.waitUntilReady()
            try await eventuallyTrue("fair shares") {
                let books = try await ClusterBooks(installation)
                return books.count(ownedBy: second.port) == 6 && books.count(ownedBy: installation.port) == 6
            }
            let shoppers = Shoppers(second.shop, seed: 13, ordersMax: 12)
            try await shoppers.run(clients: 4, pause: .zero)
            try await second.stop()
            let start = ContinuousClock.now
            try await eventuallyTrue("all partitions with the first") {
                try await ClusterBooks(installation).count(ownedBy: installation.port) == 12
            }
            #expect(ContinuousClock.now - start < .seconds(6), "no lease had to run out")
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test(arguments: TestStore.allCases) func aProcessThatSleptPastItsLeasesDoesNothingTwice(_ store: TestStore)
        async throws
    {
        try await Self.with(store) { installation in
            for party in ["swift", "turtle", "payments"] {
                try await installation.setFaults(party, #"{"forgets_references": true, "jitter_ms": 40}"#)
            }
            let second = try SecondProcess(installation, Self.shared)
            try await second.waitUntilReady()
            let shoppers = Shoppers(installation.shop, seed: 14, ordersMax: 60)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
            for _ in 0..<2 {
                try await eventuallyTrue("partitions of the second") {
                    try await ClusterBooks(installation).count(ownedBy: second.port) > 0
                }
                switch store {
                case .sqlite: try await Self.stopBetweenTransactions(second, installation)
                // What it holds then, the server takes away.
                case .postgres: try second.program.signal(SIGSTOP)
                }
                try await eventuallyTrue("all partitions with the first") {
                    try await ClusterBooks(installation).count(ownedBy: installation.port) == 12
                }
                try second.program.signal(SIGCONT)
            }
            try await shopping
            try await installation.settle()
            try await second.stop()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    /// A process that is stopped within a transaction holds SQLite's one writer's lock, and with it everybody up. That is
    /// SQLite's way; here it is about leases.
    private static func stopBetweenTransactions(_ process: SecondProcess, _ installation: Installation) async throws {
        try await eventuallyTrue("a moment without a transaction", within: .seconds(60)) {
            try process.program.signal(SIGSTOP)
            do throws(Fault) {
                for service in ["orders", "warehouse", "shipping"] {
                    let path = "\(installation.dataPath)/\(service).db"
                    let connection = try SQLiteDatabase(path: path).connect(.write)
                    defer { connection.close() }
                    try connection.begin()
                    connection.rollback()
                }
                return true
            } catch {
                try process.program.signal(SIGCONT)
                return false
            }
        }
    }

    @Test(arguments: TestStore.allCases) func twoThatAreToldToOwnEverythingShareNothingTwice(_ store: TestStore)
        async throws
    {
        let greedy = Self.shared + ["--take-all"]
        try await Self.with(store, serve: greedy) { installation in
            let second = try SecondProcess(installation, greedy)
            try await second.waitUntilReady()
            let shoppers = Shoppers(installation.shop, seed: 15, ordersMax: 20)
            async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
            try await installation.server.killHard()
            try await eventuallyTrue("all partitions with the second") {
                try await ClusterBooks(installation).count(ownedBy: second.port) == 12
            }
            try await installation.startServer()
            try await shopping
            try await installation.settle()
            try await second.stop()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test(arguments: TestStore.allCases) func eachServiceWorksWhileTheOthersAreDown(_ store: TestStore) async throws {
        try await Self.with(store, serve: Self.shared + ["--roles", "orders,api"], opensShop: false) { installation in
            let warehouse = try SecondProcess(installation, Self.shared + ["--roles", "warehouse"])
            let shipping = try SecondProcess(installation, Self.shared + ["--roles", "shipping"])
            try await warehouse.waitUntilReady()
            try await shipping.waitUntilReady()
            // The door of Orders leads to the other services, one hop away.
            try await Shop.open(installation.shop)
            try await warehouse.program.killHard()
            try await shipping.program.killHard()
            let shoppers = Shoppers(installation.shop, seed: 16, ordersMax: 10, cancelRate: 0, secondsToWait: 0)
            try await shoppers.run(clients: 2, pause: .zero)
            #expect(shoppers.repetitions == 0, "checkout needs no other service")
            let stock = try await installation.shop.get("/v1/stock")
            #expect(stock.status == 503)
            #expect(stock.headers["retry-after"] != nil)
            try warehouse.launch()
            try shipping.launch()
            try await installation.settle()
            try await warehouse.stop()
            try await shipping.stop()
            try await installation.expectEverythingOnce(shoppers)
        }
    }
}
