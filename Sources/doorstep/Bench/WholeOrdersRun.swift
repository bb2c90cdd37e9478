import Contracts
import Kernel
import Runtime

/// Whole orders through their six stages, as many as the system can take.
struct WholeOrdersRun: Sendable {
    let orders: Int
    let lines: Int
    /// Orders under way at a time at most.
    let inFlight: Int
    /// Whether CPU is measured by statement.
    let isProfiled: Bool

    /// What a store has to reach; `nil` where nothing is asked.
    struct Targets: Sendable {
        let ordersPerSecond: Double
        var commitsPerThousand: Double?
        var bytesPerOrder: Double?

        static func standard(of store: BenchStore) -> Targets {
            switch store {
            case .folder: Targets(ordersPerSecond: 3000, commitsPerThousand: 100, bytesPerOrder: 10_000)
            case .server: Targets(ordersPerSecond: 1200)
            }
        }
    }

    struct Outcome: Sendable {
        let elapsed: Duration
        let cpu: Duration
        let threads: [String: Duration]
        let storage: [Topic: StorageFigures]
        let tally: BenchShoppers.Tally
        let refusals: [String: Int]
        let statements: [Topic: [String: StatementFigures]]
    }

    /// In a fresh system, which is audited when it has stopped.
    func play(
        _ configuration: SystemConfiguration, on store: BenchStore
    ) async throws -> (Outcome, BenchAftermath) {
        let plan = self
        return try await BenchSystem.with(configuration, on: store, isProfiled: isProfiled) { bench in
            try await plan.play(bench)
        }
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

    func figures(_ outcome: Outcome, _ aftermath: BenchAftermath, _ targets: Targets) -> [BenchReport.Figure] {
        let count = Double(orders)
        let total = outcome.storage.values.reduce(StorageFigures()) { $0 + $1 }
        var figures: [BenchReport.Figure] = [
            .init("whole orders", count / outcome.elapsed.inSeconds, "orders/s", .atLeast(targets.ordersPerSecond)),
            .init("orders completed", Double(outcome.tally.completed), "orders"),
            .init(
                "durable commits", Double(total.commits) / count * 1000, "per 1,000 orders",
                targets.commitsPerThousand.map { .atMost($0) }),
            .init("disk", Double(aftermath.bytes) / count, "bytes/order", targets.bytesPerOrder.map { .atMost($0) }),
            .init("rows written", Double(total.rowsWritten) / count, "per order"),
            .init("rows read", Double(total.rowsRead) / count, "per order"),
            .init("CPU", outcome.cpu.inMicroseconds / count, "µs/order"),
        ]
        var named = Duration.zero
        for topic in Topic.allCases {
            // A partition's thread has its number behind the name.
            let thread = outcome.threads.filter { $0.key.hasPrefix(topic.rawValue) }.values.reduce(.zero, +)
            let storage = outcome.storage[topic] ?? StorageFigures()
            named += thread
            figures.append(.init("CPU \(topic.rawValue)", thread.inMicroseconds / count, "µs/order"))
            if isProfiled {
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

    func remarks(_ outcome: Outcome) -> [String] {
        let refusals = outcome.refusals.sorted { $0.key < $1.key }.map { "refused \($0.value) times: \($0.key)" }
        let missing = orders - outcome.tally.completed
        return ["\(orders) orders of \(lines) lines, at most \(inFlight) under way."]
            + (missing == 0 ? [] : ["NOT COMPLETED: \(missing) (\(outcome.tally))"]) + refusals
            + (isProfiled ? [costliest(outcome.statements)] : [])
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
