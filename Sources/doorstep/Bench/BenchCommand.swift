import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how fast the system is; every run is audited.",
        discussion: """
            Build with `swift build -c release` first (or say `make bench`). Exit code 1 when an invariant is broken.

            Examples:
              doorstep bench order6
              doorstep bench order6 --orders 100000 --json
            """,
        subcommands: [
            WholeOrdersBench.self, HotSKUBench.self, CheckoutBench.self, GrowthBench.self, IdleBench.self,
            SearchBench.self, BrokerBench.self, PostgresBench.self, ProcessesBench.self, BenchWorker.self,
        ],
        defaultSubcommand: WholeOrdersBench.self)
}

/// How every benchmark says what it found.
struct BenchOutput: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    /// - Throws: `ExitCode(1)` when an invariant is broken: figures of a broken run do not count.
    func finish(_ report: BenchReport) throws {
        Terminal.say(json ? report.document : report.text)
        if !report.isAudited { throw ExitCode(1) }
    }
}
