import ArgumentParser
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
              doorstep bench order6 --database postgres://postgres@127.0.0.1:5432/postgres --partitions 2
            """)

    @OptionGroup var output: BenchOutput
    @OptionGroup var place: BenchStoreOption

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

    func run() async throws {
        let run = WholeOrdersRun(orders: orders, lines: lines, inFlight: inFlight, isProfiled: profile)
        let (outcome, aftermath) = try await run.play(configuration, on: place.store)
        try output.finish(
            BenchReport(
                name: "order6", figures: run.figures(outcome, aftermath, .standard(of: place.store)),
                checks: aftermath.checks, remarks: run.remarks(outcome), durability: place.store.durability))
    }

    private var configuration: SystemConfiguration {
        var configuration = SystemConfiguration()
        configuration.partitions = place.partitions
        if let retention = retention.map({ Duration.seconds($0) }) {
            configuration.retention = Retention(events: retention, effects: retention, answers: retention)
            configuration.orders.finishedProcessesKept = retention
        }
        return configuration
    }
}
