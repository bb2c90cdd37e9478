import Kernel
import Testing

/// Whoever checks out does not feel whether couriers are there: compared in one run, in turns, so that whatever else the
/// machine does falls on both.
@Suite(.serialized)
struct CheckoutOutageTests {
    /// Another number by `DOORSTEP_CHECKOUT_ROUNDS`.
    static let rounds = Environment.number("DOORSTEP_CHECKOUT_ROUNDS") ?? 3
    static let ordersPerTurn = 100

    @Test func checkoutIsAsFastWithAllCouriersDownAsWithAllUp() async throws {
        try await Installation.with(Installation.Options(pickup: 0.3)) { installation in
            let shoppers = Shoppers(installation.shop, seed: 9, ordersMax: 1_000_000, cancelRate: 0)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(20))
            var (up, down): ([[Duration]], [[Duration]]) = ([], [])
            for _ in 0..<Self.rounds {
                up.append(try await Self.turn(shoppers))
                for party in ["swift", "turtle"] {
                    try await installation.setFaults(party, #"{"outage": "unavailable"}"#)
                }
                try await eventuallyTrue("open circuits", within: .seconds(30)) {
                    let metrics = try await installation.shop.get("/metrics").text
                    return ["swift", "turtle"].allSatisfy {
                        metrics.contains("doorstep_circuit_open{destination=\"carrier/\($0)\"} 1\n")
                    }
                }
                down.append(try await Self.turn(shoppers))
                for party in ["swift", "turtle"] { try await installation.clearFaults(party) }
                // The next turn with couriers shall not carry the labels of this one.
                try await eventuallyTrue("labels for all that waited", within: .seconds(90)) {
                    try await installation.shop.get("/v1/circuits").json["data"]?.array?.allSatisfy {
                        $0["state"]?.string == "closed" && $0["waiting"]?.integer ?? 0 < 20
                    } ?? false
                }
            }
            shoppers.stop()
            try await shopping
            try await installation.settle(within: .seconds(150))
            try await installation.expectEverythingOnce(shoppers)
            Report.say("checkout with couriers up: \(Self.text(up)); down: \(Self.text(down))")
            // The middle of the turns without couriers is no worse than the worst of those with, a little apart.
            let (middle, worst) = (Self.p99s(down)[Self.rounds / 2], Self.p99s(up)[Self.rounds - 1])
            #expect(middle <= worst * 1.5 + .milliseconds(50))
        }
    }

    /// The answering times of one turn, sorted.
    private static func turn(_ shoppers: Shoppers) async throws -> [Duration] {
        _ = shoppers.takeLatencies()
        let start = shoppers.acknowledged.count
        try await eventuallyTrue("\(ordersPerTurn) orders", within: .seconds(120)) {
            shoppers.acknowledged.count >= start + ordersPerTurn
        }
        return shoppers.takeLatencies()
    }

    /// Of each turn, sorted.
    private static func p99s(_ turns: [[Duration]]) -> [Duration] {
        turns.map { $0.isEmpty ? .seconds(3600) : $0[min($0.count - 1, $0.count * 99 / 100)] }.sorted()
    }

    private static func text(_ turns: [[Duration]]) -> String {
        let all = turns.flatMap(\.self).sorted()
        guard !all.isEmpty else { return "nothing" }
        let quantiles = [50, 95, 99].map {
            "p\($0) \(Report.milliseconds(all[min(all.count - 1, all.count * $0 / 100)]))"
        }
        let each = p99s(turns).map { "\(Report.milliseconds($0))" }.joined(separator: ", ")
        return "\(all.count) orders, \(quantiles.joined(separator: ", ")) ms, p99 of each turn \(each)"
    }
}
