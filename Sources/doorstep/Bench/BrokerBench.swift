import ArgumentParser
import Foundation
import Kernel
import Runtime

/// `bench broker`: what a broker costs, beside the same system without one.
struct BrokerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Whole orders with and without a broker that shares the machine, and what it adds to an event's way.",
        discussion: """
            For each way a fresh system: first a few orders at a time for the time from the commit of an event to the
            commit that reacts to it, then as many orders a second as it can. A broker that does not get every event
            makes the run fail.

            Examples:
              doorstep bench broker --broker kafka://127.0.0.1:9092
              doorstep bench broker --orders 10000 --broker kafka://127.0.0.1:9092 --broker amqp://127.0.0.1
            """)

    @OptionGroup var output: BenchOutput

    @Option(help: "How many orders for the throughput.")
    var orders = 10_000

    @Option(help: "How many orders for the times, four under way at a time.")
    var calmOrders = 400

    @Option(name: .customLong("broker"), help: "As for `serve`; may be repeated. The prefix is chosen anew.")
    var brokers: [String] = []

    func validate() throws {
        guard (1...1_000_000).contains(orders) else { throw ValidationError("--orders is 1 to 1,000,000") }
        guard (1...100_000).contains(calmOrders) else { throw ValidationError("--calm-orders is 1 to 100,000") }
    }

    private static let firstOrders = 200

    private struct Outcome: Sendable {
        let name: String
        let perSecond: Double
        let cpu: Double
        let median: Double
        let late: Double
        let checks: [AuditCheck]
    }

    func run() async throws {
        var outcomes = [try await measure("no broker", .logs)]
        for (number, url) in brokers.enumerated() {
            let prefix = "bench-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
            let transport = try EventTransport(
                broker: "\(url)\(url.contains("?") ? "&" : "?")prefix=\(prefix)")
            outcomes.append(try await measure(String(url.prefix { $0 != ":" }), transport))
        }
        let base = outcomes[0]
        let figures = outcomes.flatMap { outcome -> [BenchReport.Figure] in
            let isBase = outcome.name == base.name
            return [
                .init("\(outcome.name): whole orders", outcome.perSecond, "orders/s"),
                .init("- CPU of Doorstep", outcome.cpu, "µs/order"),
                .init("- commit to reaction, p50", outcome.median, "ms"),
                .init("- commit to reaction, p99", outcome.late, "ms"),
            ]
                + (isBase
                    ? []
                    : [
                        .init(
                            "- of the orders without a broker", outcome.perSecond / base.perSecond * 100, "%",
                            .atLeast(70)),
                        .init("- added at p50", outcome.median - base.median, "ms"),
                        .init("- added at p99", outcome.late - base.late, "ms"),
                    ])
        }
        try output.finish(
            BenchReport(
                name: "broker", figures: figures, checks: outcomes.flatMap(\.checks),
                remarks: ["\(orders) orders of 2 lines, at most 4,000 under way; times from \(calmOrders) orders."]))
    }

    private func measure(_ name: String, _ transport: EventTransport) async throws -> Outcome {
        var configuration = SystemConfiguration()
        configuration.transport = transport
        let (orders, calmOrders) = (orders, calmOrders)
        let times = TransitTimes()
        let (figures, aftermath) = try await BenchSystem.with(configuration, observers: [times]) { bench in
            let count = Self.firstOrders + calmOrders + orders
            let shop = try await BenchShop.open(in: bench.system, orders: count, linesPerOrder: 2)
            bench.floor.open(bench.system)
            // Until readers have found their places at a broker, they read the logs.
            try await Self.place(0..<Self.firstOrders, inFlight: 4, shop, bench)
            _ = times.take()
            try await Self.place(Self.firstOrders..<(count - orders), inFlight: 4, shop, bench)
            let calm = times.take()
            let cpu = CPUTime.ofProcess
            let start = ContinuousClock.now
            try await Self.place((count - orders)..<count, inFlight: 4000, shop, bench)
            let elapsed = (ContinuousClock.now - start).inSeconds
            let spent = (CPUTime.ofProcess - cpu).inMicroseconds / Double(orders)
            if transport != .logs { try await Self.expectEverything(atTheBrokerOf: bench.system) }
            return (perSecond: Double(orders) / elapsed, cpu: spent, times: calm)
        }
        return Outcome(
            name: name, perSecond: figures.perSecond, cpu: figures.cpu, median: Self.quantile(0.5, figures.times),
            late: Self.quantile(0.99, figures.times), checks: aftermath.checks)
    }

    /// Readers go on without a broker that does not answer: such a run says nothing about it.
    ///
    /// - Throws: `bench_failed` when not every event was published within ten seconds.
    private static func expectEverything(atTheBrokerOf system: DoorstepSystem) async throws {
        try await OwnThread.run {
            Result { () throws(Fault) in
                let deadline = ContinuousClock.now + .seconds(10)
                let pause = Signal()
                while true {
                    let entries = try ClusterReport.read(system.folder, now: system.clock.now).entries
                    let behind = entries.filter { $0.head > 0 && $0.relay?.events != 0 }
                    guard !behind.isEmpty else { return }
                    guard ContinuousClock.now < deadline else {
                        throw Fault("bench_failed", retryable: false, "the broker has not all events")
                    }
                    pause.wait(atMost: .milliseconds(50))
                }
            }
        }.get()
    }

    private static func place(
        _ numbers: Range<Int>, inFlight: Int, _ shop: BenchShop, _ bench: BenchSystem
    ) async throws {
        try await OwnThread.run {
            Result { () throws(Fault) in
                try bench.shoppers.run(numbers, inFlightMax: inFlight, shop: shop, in: bench.system)
            }
        }.get()
    }

    /// In milliseconds.
    private static func quantile(_ fraction: Double, _ sorted: [Duration]) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * fraction))].inMicroseconds / 1000
    }
}
