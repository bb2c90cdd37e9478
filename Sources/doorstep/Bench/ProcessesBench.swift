import ArgumentParser
import Foundation
import Kernel
import Runtime

/// `bench processes`: what another worker process adds.
struct ProcessesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processes",
        abstract: "Whole orders by one process, by two, and so on, that share a PostgreSQL store.",
        discussion: """
            Each process places its share of the orders and works on its share of the partitions. `--cores` holds each
            process to one processor, by taskset: hold the server to the first one to see what the second one adds.

            Examples:
              doorstep bench processes --database postgres://postgres@127.0.0.1:5432/postgres
              taskset -c 0 scripts/with-server postgres /tmp/pg 5433 doorstep bench processes --cores 0,1 \
                --database "$(scripts/server url postgres /tmp/pg 5433)"
            """)

    @OptionGroup var output: BenchOutput
    @OptionGroup var place: BenchStoreOption

    @Option(help: "How many whole orders in each run.")
    var orders = 20_000

    @Option(help: "Orders under way at a time at most.")
    var inFlight = 4000

    @Option(help: "How many processes at most.")
    var processes = 2

    @Option(help: "Processors, by number and in order, that the processes are held to; all if none are given.")
    var cores: String?

    func validate() throws {
        guard place.url != nil else { throw ValidationError("--database postgres://… is missing") }
        guard (1...10_000_000).contains(orders) else { throw ValidationError("--orders is 1 to 10,000,000") }
        guard (1...16_000).contains(inFlight) else { throw ValidationError("--in-flight is 1 to 16,000") }
        guard (1...16).contains(processes) else { throw ValidationError("--processes is 1 to 16") }
        guard processes <= partitions else { throw ValidationError("--partitions is fewer than --processes") }
        guard coreNumbers.map({ $0.count >= processes }) ?? true else {
            throw ValidationError("--cores names a processor for each process: 0,1")
        }
    }

    private var partitions: Int { place.partitions ?? processes }

    /// Empty when they are no numbers.
    private var coreNumbers: [Int]? {
        guard let cores else { return nil }
        let numbers = cores.split(separator: ",").map { Int($0) }
        return numbers.contains(nil) ? [] : numbers.compactMap { $0 }
    }

    func run() async throws {
        var figures: [BenchReport.Figure] = []
        var checks: [AuditCheck] = []
        var first: Double?
        for count in 1...processes {
            let outcome = try await measure(count)
            let rate = Double(orders) / outcome.elapsed.inSeconds
            figures += [
                .init("\(count) process\(count == 1 ? "" : "es"): whole orders", rate, "orders/s"),
                .init("- CPU of Doorstep", outcome.cpu / Double(orders), "µs/order"),
            ]
            if let first { figures.append(.init("- times one process", rate / first, "")) }
            first = first ?? rate
            checks += outcome.checks
        }
        try output.finish(
            BenchReport(
                name: "processes", figures: figures, checks: checks,
                remarks: ["\(orders) orders of 2 lines, \(partitions) partitions, processors: \(cores ?? "all")."],
                durability: place.store.durability))
    }

    private struct Outcome {
        let elapsed: Duration
        /// In microseconds, of all processes.
        let cpu: Double
        let checks: [AuditCheck]
    }

    private func measure(_ count: Int) async throws -> Outcome {
        guard let url = place.url else { throw ValidationError("--database postgres://… is missing") }
        let folder = TemporaryFolder.newPath(for: "bench")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try BenchDatabase.make(at: url)
        var configuration = SystemConfiguration()
        configuration.dataPath = "\(folder)/shop"
        configuration.store = StoreLocation([database.url])
        configuration.partitions = partitions
        let system = try await DoorstepSystem.start(configuration, gateway: AnsweringWorld(), observers: [])
        do {
            _ = try await BenchShop.open(in: system, orders: orders, linesPerOrder: BenchWorker.linesPerOrder)
        } catch {
            await system.stop()
            throw error
        }
        await system.stop()

        var workers: [WorkerProcess] = []
        defer { for worker in workers { worker.kill() } }
        for number in 0..<count {
            let share = number * orders / count..<(number + 1) * orders / count
            workers.append(
                try WorkerProcess(
                    BenchWorker.arguments(
                        database.url, data: "\(folder)/\(number)", partitions: partitions, processes: count,
                        orders: share, inFlight: max(1, inFlight / count)),
                    core: coreNumbers?[number]))
        }
        let (elapsed, cpu) = try await Self.play(workers)
        let data = try DataFolder("\(folder)/shop", store: configuration.store)
        let checks = try await OwnThread.run { Result { () throws(Fault) in try SystemAudit.run(data) } }.get()
        try database.drop()
        return Outcome(elapsed: elapsed, cpu: cpu, checks: checks)
    }

    /// Lets all begin together once each has its share of the partitions, and end when the last is through.
    private static func play(_ workers: [WorkerProcess]) async throws -> (elapsed: Duration, cpu: Double) {
        try await OwnThread.run {
            Result {
                for worker in workers { try worker.expect(BenchWorker.ready) }
                let start = ContinuousClock.now
                for worker in workers { worker.begin() }
                var cpu = 0.0
                for worker in workers {
                    let line = try worker.line()
                    guard let spent = Double(line) else {
                        throw Fault("bench_failed", retryable: false, "a worker said \(line)")
                    }
                    cpu += spent
                }
                let elapsed = ContinuousClock.now - start
                for worker in workers { try worker.end() }
                return (elapsed, cpu)
            }
        }.get()
    }
}
