import ArgumentParser
import Contracts
import Foundation
import Kernel
import Orders
import Ports
import Runtime

/// `bench hot-sku`: everybody wants the same product.
struct HotSKUBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hot-sku",
        abstract: "Reservations of one product, and whether 100 pieces and 10,000 clients sell exactly 100.",
        discussion: """
            Examples:
              doorstep bench hot-sku
              doorstep bench hot-sku --orders 200000 --json
            """)

    @OptionGroup var output: BenchOutput

    @Option(help: "How many orders to reserve for; half of them find stock.")
    var orders = 100_000

    @Option(help: "How many clients want the last pieces.")
    var clients = 10_000

    @Option(help: "How many pieces there are for them.")
    var pieces = 100

    func validate() throws {
        guard (2...10_000_000).contains(orders) else { throw ValidationError("--orders is 2 to 10,000,000") }
        guard (1...16_000).contains(clients) else { throw ValidationError("--clients is 1 to 16,000") }
        guard (1...clients).contains(pieces) else { throw ValidationError("--pieces is 1 to --clients") }
    }

    func run() async throws {
        let count = orders
        let rush = try await OwnThread.run { Result { try ReservationRush.run(orders: count) } }.get()
        let (sold, aftermath) = try await sellOut()
        let asked = Double(orders)
        let figures: [BenchReport.Figure] = [
            .init("reservations", asked / rush.elapsed.inSeconds, "per second", .atLeast(25_000)),
            .init("- found stock", Double(rush.reserved), "orders"),
            .init("- found none", Double(rush.refused), "orders"),
            .init("- CPU", rush.cpu.inMicroseconds / asked, "µs/order"),
            .init("- durable commits", Double(rush.commits) / asked * 1000, "per 1,000 orders"),
            .init("clients that wanted the last pieces", Double(clients), "clients"),
            .init("- pieces sold", Double(sold.confirmed), "pieces", .atLeast(Double(pieces))),
            .init("- clients told that it is sold out", Double(sold.rejected), "clients"),
        ]
        let isExact = sold.confirmed == pieces && sold.rejected == clients - pieces && rush.reserved == orders / 2
        try output.finish(
            BenchReport(
                name: "hot-sku", figures: figures, checks: rush.checks + aftermath.checks,
                remarks: isExact ? [] : ["NOT EXACT: \(sold) of \(pieces) pieces; \(rush.reserved) reserved"]))
        if !isExact { throw ExitCode(1) }
    }

    private struct Sold: Sendable {
        let confirmed: Int
        let rejected: Int
    }

    /// All clients at once, through the whole system, until each knows.
    private func sellOut() async throws -> (Sold, BenchAftermath) {
        let (clients, pieces) = (clients, pieces)
        return try await BenchSystem.with { bench in
            try await DemoCatalog.seed(bench.system, pieces: 10, hotPieces: pieces)
            let shop = BenchShop(skus: [DemoCatalog.hotSKU], linesPerOrder: 1)
            bench.floor.open(bench.system)
            try await OwnThread.run {
                Result { () throws(Fault) in
                    try bench.shoppers.run(0..<clients, inFlightMax: clients, shop: shop, in: bench.system)
                }
            }.get()
            let counts = bench.shoppers.counts
            return Sold(confirmed: counts.completed, rejected: counts.rejected)
        }
    }
}
