import ArgumentParser
import Contracts
import HTTPAPI
import Kernel
import Runtime

/// `bench checkout`: orders over HTTP by shoppers who wait for the answer.
struct CheckoutBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkout",
        abstract: "Checkout over HTTP with Prefer: wait: throughput, and latency at half of it.",
        discussion: """
            First the most that the server takes, then half of that at a steady rate: an open loop, in which a request
            that comes late because the server was busy has waited. The clients share the machine with the server.

            Examples:
              doorstep bench checkout
              doorstep bench checkout --clients 64 --seconds 20 --json
            """)

    @OptionGroup var output: BenchOutput

    @Option(help: "How many clients, each with a connection.")
    var clients = 32

    @Option(help: "How long each of the parts takes.")
    var seconds = 5

    func validate() throws {
        guard (1...512).contains(clients) else { throw ValidationError("--clients is 1 to 512") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds is 1 to 600") }
    }

    private struct Outcome: Sendable {
        let constant: HTTPLoad.Outcome
        let most: HTTPLoad.Outcome
        let half: HTTPLoad.Outcome
        let disk: HTTPLoad.Outcome
    }

    func run() async throws {
        let plan = self
        let (outcome, checks) = try await BenchServer.with { server in try await plan.play(server) }
        let unexpected = outcome.constant.unexpected + outcome.most.unexpected + outcome.half.unexpected
        try output.finish(
            BenchReport(
                name: "checkout", figures: figures(outcome), checks: checks,
                remarks: ["\(clients) clients on the same machine, \(seconds) s each."]
                    + (unexpected == 0 ? [] : ["UNEXPECTED ANSWERS: \(unexpected)"])))
        if unexpected > 0 { throw ExitCode(1) }
    }

    private func figures(_ outcome: Outcome) -> [BenchReport.Figure] {
        let disk = outcome.disk.milliseconds(at: 0.99)
        return [.init("the server answering a constant", outcome.constant.perSecond, "requests/s")]
            + Self.costs(outcome.constant) + [
                .init(
                    "checkout at most", outcome.most.perSecond, "orders/s", .atLeast(outcome.constant.perSecond / 2)),
                .init("- p50", outcome.most.milliseconds(at: 0.5), "ms"),
                .init("- p99", outcome.most.milliseconds(at: 0.99), "ms"),
            ] + Self.costs(outcome.most)
            + Topic.allCases.map { topic in
                let cpu = outcome.most.threads[topic.rawValue] ?? .zero
                return .init("- - of \(topic.rawValue)", outcome.most.perRequest(cpu), "µs")
            } + [
                .init("checkout at half of that", outcome.half.perSecond, "orders/s"),
                .init("- p50", outcome.half.milliseconds(at: 0.5), "ms"),
                .init("- p99", outcome.half.milliseconds(at: 0.99), "ms", .atMost(disk * 10)),
                .init("one durable write meanwhile, p50", outcome.disk.milliseconds(at: 0.5), "ms"),
                .init("one durable write meanwhile, p99", disk, "ms"),
            ]
    }

    private static func costs(_ outcome: HTTPLoad.Outcome) -> [BenchReport.Figure] {
        [
            .init("- CPU of its clients", outcome.perRequest(outcome.clientCPU), "µs"),
            .init("- CPU of the server", outcome.perRequest(outcome.serverCPU), "µs"),
        ]
    }

    private func play(_ server: RunningServer) async throws -> Outcome {
        try await DemoCatalog.seed(server.system, pieces: 10_000_000, hotPieces: 1)
        let key = try await server.services.access.create(
            name: "bench", scopes: Set(Scope.allCases), expiresAt: server.system.clock.now + .seconds(86_400),
            actor: "bench")
        let load = HTTPLoad(port: server.configuration.port, clients: clients)
        let (duration, folder, token) = (Duration.seconds(seconds), server.configuration.system.dataPath, key.token)
        return try await OwnThread.run {
            Result { () throws(Fault) -> Outcome in
                let livez = Array("GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".utf8)
                let constant = try load.saturate(for: duration, expecting: 200) { _ in livez }
                let most = try load.saturate(for: duration, expecting: 201) { Self.order("a\($0)", token) }
                let probe = DiskProbe(folder: folder)
                let half = try load.steady(perSecond: most.perSecond / 2, for: duration, expecting: 201) {
                    Self.order("b\($0)", token)
                }
                return Outcome(constant: constant, most: most, half: half, disk: probe.stop())
            }
        }.get()
    }

    private static func order(_ key: String, _ token: String) -> [UInt8] {
        let body = DemoOrder.sample
        return Array(
            """
            POST /v1/orders HTTP/1.1\r
            host: 127.0.0.1\r
            authorization: Bearer \(token)\r
            content-type: application/json\r
            idempotency-key: \(key)\r
            prefer: wait=5\r
            content-length: \(body.utf8.count)\r
            \r
            \(body)
            """.utf8)
    }
}
