import Foundation
import Kernel
import Testing

/// Others are down for a while: customers do not notice, and afterwards everything is done.
@Suite(.serialized)
struct OutageTests {
    enum Outage: String, CaseIterable {
        case oneCourier, allCouriers, payment, everybody
    }

    /// Another number by `DOORSTEP_OUTAGE_SECONDS`.
    static let seconds = Environment.number("DOORSTEP_OUTAGE_SECONDS") ?? 5

    @Test(arguments: Outage.allCases) func checkoutAnswersAsBeforeAndEverythingDrains(_ outage: Outage) async throws {
        try await Installation.with { installation in
            let shoppers = Shoppers(installation.shop, seed: 7, ordersMax: 100_000, cancelRate: 0.05)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(80))
            try await eventuallyTrue("orders to compare with") { shoppers.acknowledged.count >= 80 }
            let before = shoppers.takeLatencies()
            try await Self.begin(outage, installation)
            let end = ContinuousClock.now + .seconds(Self.seconds)
            try await Self.expectOpenCircuit(outage, installation)
            try await Task.sleep(until: end)
            let during = shoppers.takeLatencies()
            if outage == .oneCourier { try Self.expectOtherCourier(installation) }
            try await Self.end(outage, installation)
            shoppers.stop()
            try await shopping
            let drain = ContinuousClock.now
            try await installation.settle(within: .seconds(150))
            let drained = ContinuousClock.now - drain
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            Self.expectAsBefore(before, during, seconds: Self.seconds)
            Report.say(
                """
                \(outage) down for \(Self.seconds) s: checkout p50/p99 \(Self.text(before)) ms before, \
                \(Self.text(during)) ms during (\(during.count) orders), drained in \(drained); \
                \(Report.figures(server, sandbox))
                """)
        }
    }

    private static func begin(_ outage: Outage, _ installation: Installation) async throws {
        switch outage {
        case .oneCourier: try await installation.setFaults("turtle", #"{"outage": "unavailable"}"#)
        case .allCouriers:
            try await installation.setFaults("turtle", #"{"outage": "unavailable"}"#)
            try await installation.setFaults("swift", #"{"outage": "drop"}"#)
        case .payment: try await installation.setFaults("payments", #"{"outage": "unavailable"}"#)
        case .everybody: try await installation.sandbox.killHard()
        }
    }

    private static func end(_ outage: Outage, _ installation: Installation) async throws {
        switch outage {
        case .oneCourier, .allCouriers, .payment:
            for party in ["turtle", "swift", "payments"] { try await installation.clearFaults(party) }
        case .everybody: try await installation.startSandbox()
        }
    }

    /// What is down is to be seen by machines and by people.
    private static func expectOpenCircuit(_ outage: Outage, _ installation: Installation) async throws {
        let destination = outage == .payment || outage == .everybody ? "payment" : "carrier/turtle"
        try await eventuallyTrue("an open circuit of \(destination)", within: .seconds(max(5, seconds))) {
            try await installation.shop.get("/metrics").text
                .contains("doorstep_circuit_open{destination=\"\(destination)\"} 1\n")
        }
        let shown = try await Program.run(["circuits", "--data", installation.dataPath], in: installation.folder)
        #expect(shown.end == .exit(1))
        #expect(shown.output.contains(destination), "\(shown.output)\(shown.errors)")
    }

    /// Parcels that would go with the courier that is down go with the other, at once.
    private static func expectOtherCourier(_ installation: Installation) throws {
        let shipments = try ServerBooks(installation.dataPath).shipments
        let withOther = shipments.count { $0.carrier == "swift" && $0.trackingNumber != nil }
        #expect(withOther > 3 * seconds, "\(shipments.count) shipments")
    }

    /// A busy machine may be slow for a moment; waiting for somebody who is down would take seconds.
    static func expectAsBefore(_ before: [Duration], _ during: [Duration], seconds: Int) {
        #expect(during.count > 10 * seconds, "orders went on")
        #expect(quantile(0.5, during) <= quantile(0.5, before) * 3 + .milliseconds(50))
        #expect(quantile(0.99, during) <= quantile(0.99, before) * 3 + .milliseconds(300))
    }

    private static func quantile(_ fraction: Double, _ sorted: [Duration]) -> Duration {
        sorted.isEmpty ? .seconds(3600) : sorted[min(sorted.count - 1, Int(Double(sorted.count) * fraction))]
    }

    static func text(_ latencies: [Duration]) -> String {
        "\(Report.milliseconds(quantile(0.5, latencies)))/\(Report.milliseconds(quantile(0.99, latencies)))"
    }
}
