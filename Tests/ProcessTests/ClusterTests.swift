import Foundation
import Kernel
import SQLiteStore
import Testing

/// Several processes on one store: whoever dies, stops or is told the same as another, nothing is lost or done twice.
@Suite(.serialized)
struct ClusterTests {
    /// Another number by `DOORSTEP_CLUSTER_KILLS`.
    static let kills = Environment.number("DOORSTEP_CLUSTER_KILLS") ?? 4
    static let shared = ["--share", "--lease-seconds", "2", "--partitions", "4"]
    private static let options = Installation.Options(failRate: 0.2, serve: shared)

    @Test func killedProcessesLoseNothingAndDoNothingTwice() async throws {
        try await Installation.with(Self.options) { installation in
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
    @Test func killedServicesLoseNothingAndDoNothingTwice() async throws {
        var options = Self.options
        options.serve = Self.shared + ["--roles", "orders,api"]
        try await Installation.with(options, opensShop: false) { installation in
            var others: [SecondProcess] = []
            for roles in ["orders,api", "warehouse", "warehouse", "shipping", "shipping"] {
                let process = try SecondProcess(installation, Self.shared + ["--roles", roles])
                // The first of a service makes its tables.
                try await process.waitUntilReady()
                others.append(process)
            }
            try await Shop.open(installation.shop)
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
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test func aProcessThatStopsHandsItsPartitionsOverAtOnce() async throws {
        try await Installation.with(Self.options) { installation in
            let second = try SecondProcess(installation, Self.shared)
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
            #expect(ContinuousClock.now - start < .seconds(2), "no lease had to run out")
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test func aProcessThatSleptPastItsLeasesDoesNothingTwice() async throws {
        try await Installation.with(Self.options) { installation in
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
                try await Self.stopBetweenTransactions(second, installation)
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

    @Test func twoThatAreToldToOwnEverythingShareNothingTwice() async throws {
        let greedy = Self.shared + ["--take-all"]
        var options = Self.options
        options.serve = greedy
        try await Installation.with(options) { installation in
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

    @Test func eachServiceWorksWhileTheOthersAreDown() async throws {
        var options = Self.options
        options.serve = Self.shared + ["--roles", "orders,api"]
        try await Installation.with(options, opensShop: false) { installation in
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
