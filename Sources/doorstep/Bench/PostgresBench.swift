import ArgumentParser
import Kernel
import Ports
import Runtime

/// `bench postgres`: Doorstep on PostgreSQL beside what the same server does by itself.
struct PostgresBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postgres",
        abstract: "Whole orders and one hot product on PostgreSQL, beside the raw floor of the same server.",
        discussion: """
            Makes databases of its own at the server, and drops them. The server should run on this machine: it shares
            the processors.

            Examples:
              doorstep bench postgres --database postgres://postgres@127.0.0.1:5432/postgres
            """)

    @OptionGroup var output: BenchOutput
    @OptionGroup var place: BenchStoreOption

    @Option(help: "How many whole orders.")
    var orders = 20_000

    @Option(help: "How many orders for one product.")
    var hotOrders = 50_000

    @Option(help: "Orders under way at a time at most.")
    var inFlight = 4000

    private static let pgbenchSeconds = 8
    private static let floorRows = 300_000

    func validate() throws {
        guard place.url != nil else { throw ValidationError("--database postgres://… is missing") }
        guard (1...10_000_000).contains(orders) else { throw ValidationError("--orders is 1 to 10,000,000") }
        guard (2...10_000_000).contains(hotOrders) else { throw ValidationError("--hot-orders is 2 to 10,000,000") }
        guard (1...16_000).contains(inFlight) else { throw ValidationError("--in-flight is 1 to 16,000") }
    }

    func run() async throws {
        let run = WholeOrdersRun(orders: orders, lines: 2, inFlight: inFlight, isProfiled: false)
        var configuration = SystemConfiguration()
        configuration.partitions = place.partitions
        let (outcome, aftermath) = try await run.play(configuration, on: place.store)
        let width = max(24, aftermath.rowWidth ?? 0)

        let (hot, floor) = try await besideTheFloor(width: width)
        let written = outcome.storage.values.reduce(0) { $0 + $1.rowsWritten }
        let rate = Double(hotOrders) / hot.elapsed.inSeconds
        let hotRows = Double(hot.rowsWritten) / hot.elapsed.inSeconds
        let rows = Double(written) / outcome.elapsed.inSeconds
        var figures = run.figures(outcome, aftermath, .standard(of: place.store))
        figures += [
            .init("rows written", rows, "rows/s"),
            .init("- plain unnest inserts of \(width) bytes, three connections", floor.inserts, "rows/s"),
            .init("- of those", rows / floor.inserts * 100, "%", .atLeast(50)),
            .init("reservations of one product", rate, "per second"),
            .init("- CPU of Doorstep", hot.cpu.inMicroseconds / Double(hotOrders), "µs/order"),
            .init("- pgbench, 16 clients updating one row", floor.updates, "per second"),
            .init("- times that", rate / floor.updates, "", .atLeast(10)),
            .init("- rows written by its one connection", hotRows, "rows/s"),
            .init("- plain unnest inserts by one connection", floor.insertsOfOne, "rows/s"),
            .init("- of those", hotRows / floor.insertsOfOne * 100, "%", .atLeast(50)),
        ]
        try output.finish(
            BenchReport(
                name: "postgres", figures: figures, checks: aftermath.checks + hot.checks,
                remarks: run.remarks(outcome), durability: place.store.durability))
    }

    /// What the server does by itself, per second.
    private struct Floor {
        let updates: Double
        let insertsOfOne: Double
        let inserts: Double
    }

    /// The hot product and the raw floor, in one database.
    private func besideTheFloor(
        width: Int
    ) async throws -> (hot: ReservationRush.Outcome, floor: Floor) {
        guard let url = place.url else { throw ValidationError("--database postgres://… is missing") }
        let database = try BenchDatabase.make(at: url)
        let floor = PostgresFloor(database: database)
        let count = hotOrders
        let hot = try await OwnThread.run {
            Result { try ReservationRush.run(orders: count, in: database.database(.warehouse)) }
        }.get()
        let updates = try await OwnThread.run {
            Result { try floor.updatesOfOneRow(seconds: Self.pgbenchSeconds) }
        }.get()
        let insertsOfOne = try await floor.plainInserts(connections: 1, width: width, rows: Self.floorRows)
        // As many as there are services that write.
        let inserts = try await floor.plainInserts(connections: 3, width: width, rows: Self.floorRows)
        try database.drop()
        return (hot, Floor(updates: updates, insertsOfOne: insertsOfOne, inserts: inserts))
    }
}
