import Kernel
import TestServers
import Testing

/// Small runs of what `make bench` measures: the figures mean nothing here, that they are audited does.
@Suite struct BenchTests {
    private func figures(
        _ arguments: [String], durability: String = "SQLite, WAL, synchronous=FULL"
    ) async throws -> [String: Double] {
        let folder = try TemporaryFolder()
        let run = try await Program.run(["bench"] + arguments + ["--json"], in: folder, within: .seconds(120))
        #expect(run.end == .success, "\(run.output) \(run.errors)")
        let report = try JSONValue(parsing: run.output.utf8)
        #expect(report["audited"]?.bool == true)
        #expect(report["durability"]?.string == durability)
        var figures: [String: Double] = [:]
        for figure in report["figures"]?.array ?? [] {
            if let name = figure["name"]?.string { figures[name] = figure["value"]?.number }
        }
        return figures
    }

    @Test func everyWholeOrderIsCompleted() async throws {
        let figures = try await figures(["order6", "--orders", "60", "--profile"])
        #expect(figures["orders completed"] == 60)
        #expect(try #require(figures["whole orders"]) > 0)
        #expect(try #require(figures["rows written"]) > 50)
    }

    @Test func theLastPiecesAreSoldOnce() async throws {
        let figures = try await figures(["hot-sku", "--orders", "100", "--clients", "60", "--pieces", "7"])
        #expect(figures["- found stock"] == 50)
        #expect(figures["- pieces sold"] == 7)
        #expect(figures["- clients told that it is sold out"] == 53)
    }

    @Test func checkoutIsMeasuredOverHTTP() async throws {
        let figures = try await figures(["checkout", "--clients", "4", "--seconds", "1"])
        #expect(try #require(figures["checkout at most"]) > 0)
        #expect(try #require(figures["checkout at half of that"]) > 0)
    }

    @Test func processesShareTheOrders() async throws {
        let postgres = try PostgresServer()
        defer { postgres.remove() }
        let figures = try await figures(
            ["processes", "--orders", "200", "--database", postgres.url],
            durability: "PostgreSQL, fsync=on, synchronous_commit=on")
        #expect(try #require(figures["1 process: whole orders"]) > 0)
        #expect(try #require(figures["2 processes: whole orders"]) > 0)
    }

    @Test func aRunOfNothingIsRefused() async throws {
        let folder = try TemporaryFolder()
        let run = try await Program.run(["bench", "order6", "--orders", "0"], in: folder)
        #expect(run.end == .exit(64))
    }
}
