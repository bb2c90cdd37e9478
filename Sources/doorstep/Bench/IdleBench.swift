import ArgumentParser

/// `bench idle`: what a server costs that nobody asks anything.
struct IdleBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "CPU and memory of a whole server that nobody asks anything.",
        discussion: """
            With its background audit, on a demo catalog.

            Examples:
              doorstep bench idle
              doorstep bench idle --seconds 60 --json
            """)

    @OptionGroup var output: BenchOutput

    @Option(help: "How long it is watched.")
    var seconds = 20

    func validate() throws {
        guard (1...3600).contains(seconds) else { throw ValidationError("--seconds is 1 to 3600") }
    }

    private struct Outcome: Sendable {
        let cpu: Duration
        let elapsed: Duration
        let megabytes: Double
    }

    func run() async throws {
        let seconds = seconds
        let (outcome, checks) = try await BenchServer.with { server in
            try await DemoCatalog.seed(server.system, pieces: 1000, hotPieces: 1)
            let before = (cpu: CPUTime.ofProcess, time: ContinuousClock.now)
            try await Task.sleep(for: .seconds(seconds))
            return Outcome(
                cpu: CPUTime.ofProcess - before.cpu, elapsed: ContinuousClock.now - before.time,
                megabytes: Machine.residentMegabytes)
        }
        let share = outcome.cpu.inSeconds / outcome.elapsed.inSeconds * 100
        try output.finish(
            BenchReport(
                name: "idle",
                figures: [
                    .init("CPU", share, "% of a core", .atMost(1)),
                    .init("memory", outcome.megabytes, "MB", .atMost(120)),
                ], checks: checks, remarks: ["Watched for \(seconds) s."]))
    }
}
