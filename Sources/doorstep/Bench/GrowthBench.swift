import ArgumentParser
import Contracts
import Kernel
import Runtime
import Synchronization

/// `bench growth`: what an order costs when many are stored already.
struct GrowthBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "What a whole order costs with 10³, 10⁴, 10⁵ orders stored, and more with --orders.",
        discussion: """
            Examples:
              doorstep bench growth
              doorstep bench growth --orders 1000000
            """)

    @OptionGroup var output: BenchOutput
    @OptionGroup var place: BenchStoreOption

    @Option(help: "The greatest number of stored orders: a power of ten, 1,000 or more.")
    var orders = 100_000

    func validate() throws {
        guard marks.last == orders else { throw ValidationError("--orders is 1,000, 10,000, … 10,000,000") }
    }

    private var marks: [Int] {
        var marks: [Int] = []
        var mark = 1000
        while mark <= min(orders, 10_000_000) {
            marks.append(mark)
            mark *= 10
        }
        return marks
    }

    /// How many orders the cost is measured over, beginning at each mark.
    private static let window = 3000
    private static let linesPerOrder = 2
    private static let inFlightMax = 1000

    func run() async throws {
        let marks = marks
        var configuration = SystemConfiguration()
        configuration.partitions = place.partitions
        let (costs, aftermath) = try await BenchSystem.with(configuration, on: place.store) { bench in
            try await Self.play(bench, marks)
        }
        let base = costs.first?.cpu ?? 1
        let figures = zip(marks, costs).flatMap { mark, cost in
            [
                BenchReport.Figure("CPU with \(mark) stored", cost.cpu, "µs/order", .atMost(base * 1.2)),
                BenchReport.Figure("- whole orders", cost.ordersPerSecond, "orders/s"),
                BenchReport.Figure("- memory", cost.residentMegabytes, "MB"),
            ]
        }
        let stored = (marks.last ?? 0) + Self.window
        try output.finish(
            BenchReport(
                name: "growth",
                figures: figures + [.init("disk", Double(aftermath.bytes) / Double(stored), "bytes/order")],
                checks: aftermath.checks,
                remarks: ["Each cost is of the \(Self.window) orders that came to their end after the mark."],
                durability: place.store.durability))
    }

    private struct Cost: Sendable {
        let cpu: Double
        /// Shows what a database server adds, whose CPU is not this process's.
        let ordersPerSecond: Double
        let residentMegabytes: Double
    }

    private static func play(_ bench: BenchSystem, _ marks: [Int]) async throws -> [Cost] {
        let count = (marks.last ?? 0) + window + inFlightMax
        let shop = try await BenchShop.open(in: bench.system, orders: count, linesPerOrder: linesPerOrder)
        bench.floor.open(bench.system)
        return try await OwnThread.run { Result { try measure(bench, shop, marks, count) } }.get()
    }

    private static func measure(
        _ bench: BenchSystem, _ shop: BenchShop, _ marks: [Int], _ count: Int
    ) throws -> [Cost] {
        var costs: [Cost] = []
        var begun: (ended: Int, cpu: Duration, at: ContinuousClock.Instant)?
        try bench.shoppers.run(0..<count, inFlightMax: inFlightMax, shop: shop, in: bench.system) { ended in
            guard costs.count < marks.count else { return }
            if let start = begun {
                guard ended - start.ended >= window else { return }
                let cpu = CPUTime.ofProcess - start.cpu
                costs.append(
                    Cost(
                        cpu: cpu.inMicroseconds / Double(ended - start.ended),
                        ordersPerSecond: Double(ended - start.ended) / (ContinuousClock.now - start.at).inSeconds,
                        residentMegabytes: Machine.residentMegabytes))
                begun = nil
            } else if ended >= marks[costs.count] {
                begun = (ended, CPUTime.ofProcess, .now)
            }
        }
        return costs
    }
}
