import Testing

/// Couriers and the payment provider answer wrongly, late, twice or not at all; every effect still happens once.
@Suite(.serialized)
struct MisbehaviorTests {
    /// What shows at once.
    static let quick = [
        #"{"error_rate": 0.3}"#, #"{"cut_rate": 0.3}"#, #"{"garbage_rate": 0.3}"#, #"{"double_rate": 0.3}"#,
        #"{"redirect_rate": 0.3}"#, #"{"throttle_rate": 0.2}"#, #"{"latency_ms": 700, "jitter_ms": 600}"#,
        #"{"webhook_duplicate_rate": 0.5, "webhook_reorder_rate": 0.5}"#,
    ]

    /// What shows only when we give up waiting; references are forgotten, so that only a look-up saves us.
    static let slow = """
        {"late_rate": 0.06, "hang_rate": 0.04, "endless_rate": 0.05, "webhook_late_rate": 0.2,
         "webhook_late_ms": 2000, "forgets_references": true}
        """

    static let parties = ["swift", "turtle", "payments"]

    @Test func everythingHappensOnceWhateverIsAnswered() async throws {
        try await Installation.with { installation in
            let shoppers = Shoppers(installation.shop, seed: 11, ordersMax: Self.quick.count * 15, cancelRate: 0.2)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(20))
            for (index, faults) in Self.quick.enumerated() {
                for party in Self.parties {
                    try await installation.clearFaults(party)
                    try await installation.setFaults(party, faults)
                }
                try await eventuallyTrue("orders under \(faults)") {
                    shoppers.acknowledged.count >= (index + 1) * 15
                }
            }
            try await shopping
            try await installation.settle()
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            #expect(sandbox.count("void") > 0)
            Report.say("wrong answers: \(Report.figures(server, sandbox))")
        }
    }

    @Test func whatSucceededAfterWeGaveUpIsLookedUpAndNotDoneAgain() async throws {
        try await Installation.with { installation in
            for party in Self.parties { try await installation.setFaults(party, Self.slow) }
            let shoppers = Shoppers(installation.shop, seed: 12, ordersMax: 40, cancelRate: 0.1)
            try await shoppers.run(clients: 4, pause: .milliseconds(10))
            try await installation.settle()
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            Report.say("late, hanging and endless answers: \(Report.figures(server, sandbox))")
        }
    }
}
