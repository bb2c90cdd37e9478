import ArgumentParser
import Contracts
import Foundation
import HTTPAPI
import Kernel
import OrdersService
import Ports
import Runtime
import SearchLanguage
import SearchService
import Synchronization

/// `bench search`: writing in bulk, searching, and how far the index is behind a busy system.
struct SearchBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Bulk writing, searching among many orders, and the lag behind a busy system.",
        discussion: """
            First invented documents are written in bulk and searched; then orders are placed at a steady rate and go
            through all their stages while the time from each event to its being searchable is taken.

            Examples:
              doorstep bench search --documents 100000 --rate 500
              doorstep bench search --search http://127.0.0.1:9200 --documents 20000
              doorstep bench search --database postgres://postgres@127.0.0.1:5432/bench
            """)

    @OptionGroup var output: BenchOutput

    @OptionGroup var search: SearchOptions

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp("As for `serve`: a database that nothing is in yet; files by default.", valueName: "store"))
    var databases: [String] = []

    @Option(help: "Into how many partitions orders are divided.")
    var partitions: Int?

    @Option(help: "How many documents are written in bulk and searched.")
    var documents = 100_000

    @Option(help: "How many orders a second are placed.")
    var rate = 500

    @Option(help: "For how many seconds.")
    var seconds = 20

    func validate() throws {
        guard (1000...10_000_000).contains(documents) else {
            throw ValidationError("--documents is 1,000 to 10,000,000")
        }
        guard (1...10_000).contains(rate) else { throw ValidationError("--rate is 1 to 10,000") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds is 1 to 600") }
        guard partitions.map({ (1...64).contains($0) }) ?? true else {
            throw ValidationError("--partitions is 1 to 64")
        }
        guard !databases.isEmpty || partitions ?? 1 == 1 else {
            throw ValidationError("--partitions needs --database")
        }
        guard databases.isEmpty || StoreLocation(databases) != nil else {
            throw ValidationError("--database is postgres://…")
        }
        guard search.search != "none" else { throw ValidationError("--search none measures nothing") }
    }

    func run() async throws {
        let store = try FreshStore.location(databases)
        let choice = search.choice(for: store ?? .sqlite(folder: ""))
        let written: [BenchReport.Figure] = try await TemporaryFolder.with(for: "bench-search") {
            folder async throws(Fault) in try await bulk(choice, folder)
        }
        let plan = self
        var configuration = SystemConfiguration()
        configuration.store = store
        configuration.partitions = partitions
        let (lags, aftermath) = try await BenchSystem.with(configuration) { [configuration] bench in
            try await plan.lags(choice, bench, configuration)
        }
        try output.finish(
            BenchReport(
                name: "search", figures: written + figures(lags), checks: aftermath.checks,
                remarks: [
                    "The store is \(store?.text ?? "SQLite"). \(documents) documents; then \(rate) orders a second for \(seconds) s, \(lags.milliseconds.count) writes."
                ], durability: (databases.isEmpty ? BenchStore.folder : .server(url: "")).durability))
    }

    // MARK: Bulk and searches

    /// As the indexer writes them.
    private static let batch = 500

    private func bulk(_ choice: SearchChoice, _ folder: DataFolder) async throws(Fault) -> [BenchReport.Figure] {
        guard let index = try choice.index(folder, seed: 1) else { return [] }
        let name = IndexName(alias: choice.alias, stamp: SystemClock().now.milliseconds)
        try await index.create(name)
        let start = ContinuousClock.now
        var written = 0
        var busy = Duration.zero
        while written < documents {
            let batch = (written..<min(written + Self.batch, documents)).map {
                IndexChange.put(InventedDocuments.document($0))
            }
            let began = ContinuousClock.now
            _ = try await index.write(batch, to: name)
            busy += ContinuousClock.now - began
            written += batch.count
        }
        try await index.refresh(name)
        let elapsed = ContinuousClock.now - start
        try await index.activate(name)
        var figures: [BenchReport.Figure] = [
            .init("bulk writing (\(index.engine))", Double(documents) / busy.inSeconds, "documents/s", .atLeast(5000)),
            .init("- with making and refreshing them", Double(documents) / elapsed.inSeconds, "documents/s"),
        ]
        if case .cluster(let server) = choice {
            let floor = try await RawBulk.measure(server, documents: documents, batch: Self.batch)
            figures.append(.init("- the same bytes sent to the server raw", floor, "documents/s"))
        }
        figures += try await searches(index)
        await index.close()
        return figures
    }

    private func searches(_ index: any SearchIndex) async throws(Fault) -> [BenchReport.Figure] {
        let search = OrderSearch(index, clock: SystemClock())
        var byKind: [String: [Double]] = [:]
        for number in 0..<1000 {
            let (kind, question) = InventedDocuments.question(number, of: documents)
            let began = ContinuousClock.now
            do throws(OrderSearch.Refusal) {
                _ = try await search.find(question)
            } catch {
                throw Fault("search_error", retryable: false, "\(question.text): \(error)")
            }
            byKind[kind, default: []].append((ContinuousClock.now - began).inMicroseconds / 1000)
        }
        let all = byKind.values.flatMap { $0 }.sorted()
        var figures: [BenchReport.Figure] = [
            .init("search p50", Self.quantile(0.5, all), "ms"),
            .init("search p95", Self.quantile(0.95, all), "ms", .atMost(20)),
            .init("search p99", Self.quantile(0.99, all), "ms"),
        ]
        for (kind, values) in byKind.sorted(by: { $0.key < $1.key }) {
            figures.append(.init("- \(kind) p95", Self.quantile(0.95, values.sorted()), "ms"))
        }
        return figures
    }

    private static func quantile(_ part: Double, _ sorted: [Double]) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
    }

    // MARK: Lag

    private struct Lags: Sendable {
        var milliseconds: [Double] = []
        var catchUp = Duration.zero
    }

    private func lags(
        _ choice: SearchChoice, _ bench: BenchSystem, _ configuration: SystemConfiguration
    ) async throws -> Lags {
        let shop = try await BenchShop.open(in: bench.system, orders: rate * seconds, linesPerOrder: 2)
        bench.floor.open(bench.system)
        let lags = Mutex(Lags())
        let clock = bench.system.clock
        let started = try await StartedSearch.start(
            choice, bench.system.folder, configuration, clock: clock, recent: bench.system.recent,
            listener: bench.listener,
            written: { _, updatedAt, isActive in
                if isActive { lags.withLock { $0.milliseconds.append(Double((clock.now - updatedAt).inMilliseconds)) } }
            })
        let (rate, seconds) = (rate, seconds)
        try await OwnThread.run {
            Result { () throws(Fault) in
                try bench.shoppers.run(perSecond: rate, seconds: seconds, shop: shop, in: bench.system)
            }
        }.get()
        let end = ContinuousClock.now
        while try await started.access.indexer.status().waiting > 0 { try await Task.sleep(for: .milliseconds(20)) }
        var result = lags.withLock { $0 }
        result.catchUp = ContinuousClock.now - end
        await started.stop()
        return result
    }

    private func figures(_ lags: Lags) -> [BenchReport.Figure] {
        let sorted = lags.milliseconds.sorted()
        return [
            .init("lag p50", Self.quantile(0.5, sorted), "ms"), .init("lag p95", Self.quantile(0.95, sorted), "ms"),
            .init("lag p99", Self.quantile(0.99, sorted), "ms", .atMost(2000)),
            .init("caught up after the last order", lags.catchUp.inMicroseconds / 1000, "ms"),
        ]
    }
}
