import Testing

/// The machine's clock is set back while everything runs on it.
@Suite(.serialized)
struct ClockTests {
    @Test(.enabled(if: MovableClock.isPossible, "needs a C compiler"))
    func aClockThatIsSetBackIsReportedAndNothingIsLost() async throws {
        try await Installation.with(Installation.Options(hasMovableClock: true)) { installation in
            let clock = try #require(installation.clock)
            let shoppers = Shoppers(installation.shop, seed: 31, ordersMax: 100_000, cancelRate: 0.1)
            async let shopping: Void = shoppers.run(clients: 3, pause: .milliseconds(20))
            try await eventuallyTrue("orders under way") { shoppers.acknowledged.count >= 30 }

            try clock.set(seconds: -3600)
            let program = try installation.server
            for service in ["orders", "warehouse", "shipping"] {
                try await eventuallyTrue("a word of \(service)") {
                    program.errors.split(separator: "\n").contains {
                        $0.contains("clock_set_back") && $0.contains(service)
                    }
                }
            }
            let before = shoppers.acknowledged.count
            try await eventuallyTrue("checkout goes on") { shoppers.acknowledged.count >= before + 30 }
            // A restart finds a log from the future.
            try await installation.server.killHard()
            try await installation.startServer()
            try await eventuallyTrue("checkout goes on after a restart") {
                shoppers.acknowledged.count >= before + 60
            }

            try clock.set(seconds: 0)
            try await eventuallyTrue("checkout goes on when the clock is right") {
                shoppers.acknowledged.count >= before + 90
            }
            shoppers.stop()
            try await shopping
            try await installation.settle()
            let (server, sandbox) = try await installation.expectEverythingOnce(shoppers)
            Report.say("clock set back an hour and right again: \(Report.figures(server, sandbox))")
        }
    }
}
