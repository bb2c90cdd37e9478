import ArgumentParser
import Contracts
import Kernel
import Runtime

/// `bench order6`: whole orders through their six stages, in one process.
struct WholeOrdersBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order6",
        abstract: "Whole orders through their six stages: placed, reserved, paid, packed, handed over, delivered.",
        discussion: """
            In process, without HTTP. Payments and carriers answer at once; the floor and the couriers send batches of
            up to 500 actions; every parcel is scanned four times.

            Examples:
              doorstep bench order6 --orders 30000
              doorstep bench order6 --lines 3 --json
              doorstep bench order6 --orders 100000 --retention 5
            """)

    @OptionGroup var output: BenchOutput

    @Option(help: "How many orders.")
    var orders = 30_000

    @Option(help: "Lines per order.")
    var lines = 2

    @Option(help: "Orders under way at a time at most.")
    var inFlight = 4000

    @Option(help: "Seconds after which events, effects, answers and finished processes are removed.")
    var retention: Int?

    @Flag(help: "Measure CPU by statement, too; that costs some itself.")
    var profile = false

    func validate() throws {
        guard (1...10_000_000).contains(orders) else { throw ValidationError("--orders is 1 to 10,000,000") }
        guard (1...100).contains(lines) else { throw ValidationError("--lines is 1 to 100") }
        guard retention.map({ (1...86_400).contains($0) }) ?? true else {
            throw ValidationError("--retention is 1 to 86,400")
        }
        guard (1...16_000).contains(inFlight) else { throw ValidationError("--in-flight is 1 to 16,000") }
    }

    private struct Outcome: Sendable {
        let elapsed: Duration
        let cpu: Duration
        let threads: [String: Duration]
        let storage: [Topic: StorageFigures]
        let tally: BenchShoppers.Tally
        let refusals: [String: Int]
        let statements: [Topic: [String: StatementFigures]]
    }

    func run() async throws {
        let plan = self
        let (outcome, aftermath) = try await BenchSystem.with(configuration, isProfiled: profile) { bench in
            try await plan.play(bench)
        }
        try output.finish(
            BenchReport(
                name: "order6", figures: figures(outcome, aftermath), checks: aftermath.checks,
                remarks: remarks(outcome)))
    }

    private var configuration: SystemConfiguration {
        var configuration = SystemConfiguration()
        if let retention = retention.map({ Duration.seconds($0) }) {
            configuration.retention = Retention(events: retention, effects: retention, answers: retention)
            configuration.orders.finishedProcessesKept = retention
        }
        return configuration
    }

    private func play(_ bench: BenchSystem) async throws -> Outcome {
        let shop = try await BenchShop.open(in: bench.system, orders: orders, linesPerOrder: lines)
        bench.floor.open(bench.system)
        let before = (storage: bench.storage, threads: CPUTime.byThreadName(), cpu: CPUTime.ofProcess)
        let start = ContinuousClock.now
        let (count, inFlight) = (orders, inFlight)
        try await OwnThread.run {
            Result { () throws(Fault) in
                try bench.shoppers.run(0..<count, inFlightMax: inFlight, shop: shop, in: bench.system)
            }
        }.get()
        let elapsed = ContinuousClock.now - start
        let cpu = CPUTime.ofProcess - before.cpu
        let threads = CPUTime.byThreadName().merging(before.threads) { $0 - $1 }
        let storage = bench.storage.merging(before.storage) { $0 - $1 }
        return Outcome(
            elapsed: elapsed, cpu: cpu, threads: threads, storage: storage, tally: bench.shoppers.counts,
            refusals: bench.floor.refusals, statements: bench.meters.mapValues(\.statements))
    }

    private func figures(_ outcome: Outcome, _ aftermath: BenchAftermath) -> [BenchReport.Figure] {
        let count = Double(orders)
        let total = outcome.storage.values.reduce(StorageFigures()) { $0 + $1 }
        var figures: [BenchReport.Figure] = [
            .init("whole orders", count / outcome.elapsed.inSeconds, "orders/s", .atLeast(3000)),
            .init("orders completed", Double(outcome.tally.completed), "orders"),
            .init("durable commits", Double(total.commits) / count * 1000, "per 1,000 orders", .atMost(100)),
            .init("disk", Double(aftermath.bytes) / count, "bytes/order", .atMost(10_000)),
            .init("rows written", Double(total.rowsWritten) / count, "per order"),
            .init("rows read", Double(total.rowsRead) / count, "per order"),
            .init("CPU", outcome.cpu.inMicroseconds / count, "µs/order"),
        ]
        var named = Duration.zero
        for topic in Topic.allCases {
            let thread = outcome.threads[topic.rawValue] ?? .zero
            let storage = outcome.storage[topic] ?? StorageFigures()
            named += thread
            figures.append(.init("CPU \(topic.rawValue)", thread.inMicroseconds / count, "µs/order"))
            if profile {
                let rest = thread - storage.statementCPU - storage.commitCPU
                figures += [
                    .init("- statements", storage.statementCPU.inMicroseconds / count, "µs/order"),
                    .init("- commits", storage.commitCPU.inMicroseconds / count, "µs/order"),
                    .init("- deciding and the rest", rest.inMicroseconds / count, "µs/order"),
                ]
            }
            figures.append(
                .init(
                    "- one commit", storage.commitTime.inMicroseconds / 1000 / Double(max(1, storage.commits)), "ms"))
        }
        figures.append(
            .init(
                "CPU of effects, shoppers and the rest", (outcome.cpu - named).inMicroseconds / count, "µs/order"))
        return figures
    }

    private func remarks(_ outcome: Outcome) -> [String] {
        let refusals = outcome.refusals.sorted { $0.key < $1.key }.map { "refused \($0.value) times: \($0.key)" }
        let missing = orders - outcome.tally.completed
        return ["\(orders) orders of \(lines) lines, at most \(inFlight) under way."]
            + (missing == 0 ? [] : ["NOT COMPLETED: \(missing) (\(outcome.tally))"]) + refusals
            + (profile ? [costliest(outcome.statements)] : [])
    }

    private static let statementsMax = 40

    private func costliest(_ statements: [Topic: [String: StatementFigures]]) -> String {
        let count = Double(orders)
        let all = statements.flatMap { topic, statements in
            statements.map { (topic: topic, sql: $0.key, figures: $0.value) }
        }.sorted { $0.figures.cpu > $1.figures.cpu }
        let rows = all.prefix(Self.statementsMax).map { statement in
            [
                BenchReport.number(statement.figures.cpu.inMicroseconds / count),
                BenchReport.number(Double(statement.figures.runs) / count),
                BenchReport.number(Double(statement.figures.rows) / count), statement.topic.rawValue,
                String(statement.sql.split { $0.isWhitespace }.joined(separator: " ").prefix(72)),
            ]
        }
        return Terminal.table(["µs/order", "runs", "rows", "service", "statement"], rows) + "\n"
    }
}
