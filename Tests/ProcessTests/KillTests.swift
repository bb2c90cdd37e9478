import Kernel
import Testing

/// The server dies as processes die: at any moment, without a word.
@Suite(.serialized)
struct KillTests {
    /// Another number by `DOORSTEP_KILLS`, another seed by `DOORSTEP_KILL_SEED`.
    static let kills = Environment.number("DOORSTEP_KILLS") ?? 5
    static let seed = UInt64(Environment.number("DOORSTEP_KILL_SEED") ?? 1)

    @Test func everyAcknowledgedOrderSurvivesKillsAndNothingHappensTwice() async throws {
        try await WebhookReceiver.with { receiver, hook in
            try await Installation.with(Installation.Options(failRate: 0.4)) { installation in
                // A retry without a look-up would then make a second label and a second authorization.
                for party in ["swift", "turtle", "payments"] {
                    try await installation.setFaults(party, #"{"forgets_references": true, "jitter_ms": 40}"#)
                }
                let registered = try await installation.shop.post(
                    "/v1/webhook-endpoints", #"{"url": "\#(hook)"}"#, key: "hook")
                try #require(registered.status == 201, "\(registered.text)")
                let shoppers = Shoppers(
                    installation.shop, seed: Self.seed, ordersMax: 60 + Self.kills * 40)
                async let shopping: Void = shoppers.run(clients: 4, pause: .milliseconds(20))
                try await Self.killAgainAndAgain(installation)
                shoppers.stop()
                try await shopping
                try await installation.settle()
                let (server, sandbox) = try await installation.expectEverythingOnce(shoppers, receiver)
                // A run in which something never happened shows nothing about it.
                #expect(server.orders.count { $0.isCompleted } > Self.kills)
                let kinds = ["authorization", "capture", "void"] + (Self.kills >= 20 ? ["refund"] : [])
                for kind in kinds { #expect(sandbox.count(kind) > 0, "\(kind)") }
                Report.say(
                    """
                    \(Self.kills) kills: \(Report.figures(server, sandbox)), \(receiver.messages.count) webhook messages \
                    (\(receiver.messages.count { $0.deliveries > 1 }) delivered again under the same id), \
                    \(shoppers.repetitions) requests repeated
                    """)
            }
        }
    }

    /// Kills the server at random moments: while it works, and now and then while it starts.
    private static func killAgainAndAgain(_ installation: Installation) async throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<kills {
            let isStarting = random.chance(0.25)
            if !isStarting { try await installation.waitUntilReady() }
            // The moment is what the test is about, not a wait for anything.
            let moment = Int(random.next() % (isStarting ? 500 : 1500))
            try await Task.sleep(for: .milliseconds(moment))
            try await installation.server.killHard()
            try installation.launchServer()
        }
        try await installation.waitUntilReady()
    }
}
