import ArgumentParser
import Foundation
import Kernel
import Runtime
import Sandbox
import WarehouseService

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Places orders over HTTP against a fresh system and follows every one to its end.",
        discussion: """
            Prints what became of them and how fast, then runs the audit. Exit code 0 only when every order is terminal
            and every invariant holds.

            Examples:
              doorstep demo --orders 1000 --clients 32 --hot-sku
              doorstep demo --orders 200 --json
              doorstep demo --broker kafka://127.0.0.1:9092?prefix=demo
            """)

    @OptionGroup var broker: BrokerOption

    @Option(help: "How many orders.")
    var orders = 200

    @Option(help: "How many clients at a time.")
    var clients = 8

    @Flag(help: "Every second order wants the one product of which there are few.")
    var hotSku = false

    @Option(help: "Seed of everything that is left to chance.")
    var seed: UInt64 = 1

    @Option(help: "Give up after so many seconds.")
    var timeout = 300

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp("A PostgreSQL database without Doorstep's tables, instead of files.", valueName: "url"))
    var databases: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(orders) else { throw ValidationError("--orders is 1 to 1,000,000") }
        guard databases.isEmpty || PostgresAddress(databases) != nil else {
            throw ValidationError("--database is postgres://…")
        }
        guard (1...512).contains(clients) else { throw ValidationError("--clients is 1 to 512") }
    }

    func run() async throws {
        let folder = TemporaryFolder.newPath(for: "demo")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = ServerConfiguration()
        configuration.system.dataPath = folder
        configuration.system.store = try FreshStore.location(databases)
        configuration.system.transport = try broker.transport()
        configuration.port = try FreePort.any()
        configuration.sandboxPort = try FreePort.any()
        configuration.seed = seed
        configuration.system.staff = AutoWorker.Delays()
        configuration.system.shortPickFraction = 0.02
        let journey = JourneyProfile(pickup: .milliseconds(800), leg: .milliseconds(100), failRate: 0.25)
        configuration.couriers = [CourierProfile.swift, .turtle].map { courier in
            var courier = courier
            courier.journey = journey
            return courier
        }
        let ledger = DemoLedger(expected: orders)
        let plan = self
        let report = try await RunningServer.with(configuration, observers: [ledger]) { server in
            try await plan.play(server, ledger)
        }
        Terminal.say(json ? report.document : report.text)
        if !report.isClean { throw ExitCode(1) }
    }

    private func play(_ server: RunningServer, _ ledger: DemoLedger) async throws -> DemoReport {
        try await DemoCatalog.seed(server.system, pieces: orders * 4, hotPieces: max(1, orders / 10))
        let start = ContinuousClock.now
        let expected = orders
        let (answers, isComplete) = try await ProgressLine().follow {
            let now = ledger.progress
            return "\(now.placed) of \(expected) orders placed, \(now.ended) at their end"
        } during: {
            (try await placeAll(server), await ledger.waitForAll(atMost: .seconds(Int64(timeout))))
        }
        let elapsed = ContinuousClock.now - start
        let folder = server.system.folder
        let checks = try await OwnThread.run { Result { () throws(Fault) in try SystemAudit.run(folder) } }.get()
        return DemoReport(
            ledger: ledger.summary, refusals: answers.filter { $0 != 201 }.count, isComplete: isComplete,
            elapsed: elapsed, checks: checks)
    }

    /// Each client places one order after another.
    private func placeAll(_ server: RunningServer) async throws -> [UInt] {
        guard let token = server.demoToken else { preconditionFailure("a demo has a sandbox, and with it a key") }
        let shopper = DemoShopper(
            url: server.configuration.url, token: token, seed: seed, wantsHotSKU: hotSku, cancelRate: 0.03)
        return try await withThrowingTaskGroup(of: [UInt].self) { group in
            for client in 0..<clients {
                group.addTask {
                    var statuses: [UInt] = []
                    for number in stride(from: client, to: orders, by: clients) {
                        statuses.append(try await shopper.place(number))
                    }
                    return statuses
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
