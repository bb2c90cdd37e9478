import Foundation
import Kernel
import TestServers
import Testing

/// One of two processes of Warehouse is cut off from the database, from the broker, or from everything, without a word
/// to anybody, and is back later.
@Suite(.serialized)
struct CutOffTests {
    /// Another number by `DOORSTEP_CUT_SECONDS`.
    static let seconds = Environment.number("DOORSTEP_CUT_SECONDS") ?? 6

    enum Server: String, CaseIterable {
        case database, broker, both
    }

    /// Behind a way to the servers that takes everything and passes nothing on.
    @Test(arguments: Server.allCases) func aProcessThatReachesNoServerLosesNothing(_ server: Server) async throws {
        try await Self.with { installation, postgres, broker, brokerURL in
            let toDatabase = try Gate(to: postgres.port)
            let toBroker = try Gate(to: broker.port)
            defer {
                toDatabase.close()
                toBroker.close()
            }
            let process = try SecondProcess(
                installation, Self.warehouse,
                database: Self.moved(installation.place.last, to: "127.0.0.1:\(toDatabase.port)"),
                broker: Self.moved(brokerURL, to: "127.0.0.1:\(toBroker.port)"))
            let gates = server == .database ? [toDatabase] : server == .broker ? [toBroker] : [toDatabase, toBroker]
            try await Self.cut(
                process, installation, fromDatabase: server != .broker,
                cut: { gates.forEach { $0.cut() } }, heal: { gates.forEach { $0.open() } })
        }
    }

    /// In a network of its own, whose only cable is pulled out.
    @Test(.enabled(if: Namespace.isPossible, "a network namespace needs root, ip, and a kernel that allows it"))
    func aMachineWithoutItsCableLosesNothing() async throws {
        let namespace = try Namespace()
        defer { namespace.remove() }
        try await Self.with { installation, postgres, broker, brokerURL in
            // The servers themselves listen on 127.0.0.1 alone.
            let toDatabase = try Gate(on: namespace.hostAddress, to: postgres.port)
            let toBroker = try Gate(on: namespace.hostAddress, to: broker.port)
            defer {
                toDatabase.close()
                toBroker.close()
            }
            let process = try SecondProcess(
                installation, Self.warehouse,
                database: Self.moved(installation.place.last, to: "\(namespace.hostAddress):\(toDatabase.port)"),
                broker: Self.moved(brokerURL, to: "\(namespace.hostAddress):\(toBroker.port)"),
                in: namespace)
            try await Self.cut(
                process, installation, fromDatabase: true,
                cut: { try namespace.pullOut() }, heal: { try namespace.plugIn() })
        }
    }

    // MARK: The same for all

    private static let share = ["--share", "--lease-seconds", "2", "--partitions", "4"]
    private static let warehouse = share + ["--roles", "warehouse"]

    private static func with(
        _ body: (Installation, PostgresServer, BrokerServer, String) async throws -> Void
    ) async throws {
        let (postgres, broker) = (try PostgresServer.shared(), try BrokerServer.shared(.rabbitmq))
        let url = broker.url(prefix: postgres.schema("cut"))
        let options = Installation.Options(
            failRate: 0.2, database: try postgres.makeDatabase(), broker: url, serve: share + ["--roles", "orders,api"])
        try await Installation.with(options, opensShop: false) { try await body($0, postgres, broker, url) }
    }

    /// A server's URL with another host and port.
    private static func moved(_ url: String?, to place: String) -> String {
        (url ?? "").replacing(/127\.0\.0\.1:\d+/, with: place)
    }

    private static func cut(
        _ process: SecondProcess, _ installation: Installation, fromDatabase: Bool, cut: () throws -> Void,
        heal: () throws -> Void
    ) async throws {
        let other = try SecondProcess(installation, warehouse)
        let shipping = try SecondProcess(installation, share + ["--roles", "shipping"])
        for started in [process, other, shipping] { try await started.waitUntilReady() }
        try await Shop.open(installation.shop)
        let shoppers = Shoppers(installation.shop, seed: 41, ordersMax: 100_000)
        async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(100))
        try await eventuallyTrue("partitions of the process, and orders", within: .seconds(60)) {
            let owned = try await ClusterBooks(installation).count(ownedBy: process.url)
            return owned > 0 && shoppers.acknowledged.count > 15
        }
        try cut()
        let before = shoppers.acknowledged.count
        try await Task.sleep(for: .seconds(seconds))
        if fromDatabase {
            try await eventuallyTrue("all of Warehouse with the other process") {
                try await ClusterBooks(installation).count(ownedBy: other.url) == 4
            }
        }
        try await eventuallyTrue("orders meanwhile") { shoppers.acknowledged.count > before + 5 * seconds }
        try heal()
        try await eventuallyTrue("partitions of the process again", within: .seconds(60)) {
            try await ClusterBooks(installation).count(ownedBy: process.url) > 0
        }
        #expect(try process.program.isRunning)
        shoppers.stop()
        try await shopping
        try await installation.settle(within: .seconds(120))
        for started in [process, other, shipping] { try await started.stop() }
        let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
        Report.say("cut off for \(seconds) s: \(Report.figures(server, sandbox)), \(before) orders before")
    }
}
