import Foundation
import Kernel
import Testing

/// The server dies as processes die: at any moment, without a word.
@Suite(.serialized)
struct KillTests {
    /// Another number by `DOORSTEP_KILLS`, another seed by `DOORSTEP_KILL_SEED`.
    static let kills = number("DOORSTEP_KILLS") ?? 5
    static let seed = UInt64(number("DOORSTEP_KILL_SEED") ?? 1)

    static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

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
                try await Self.expectOnce(installation, receiver, shoppers)
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

    private static func expectOnce(
        _ installation: Installation, _ receiver: WebhookReceiver, _ shoppers: Shoppers
    ) async throws {
        let sandbox = try await SandboxBooks(installation.control)
        try await installation.stopServer()
        try await installation.expectCleanAudit()
        let server = try ServerBooks(installation.dataPath)
        var reconciliation = Reconciliation(server, sandbox)
        try reconciliation.compareMails(in: "\(installation.dataPath)/mail")
        reconciliation.compareWebhooks(receiver.messages)
        #expect(reconciliation.differences == [])
        #expect(shoppers.refusals == [])
        #expect(Set(server.orders.map(\.id)) == Set(shoppers.acknowledged.values))
        #expect(server.orders.count == shoppers.acknowledged.count)
        // A run in which something never happened shows nothing about it.
        #expect(server.orders.count { $0.isCompleted } > kills)
        for kind in ["authorization", "capture", "void"] { #expect(sandbox.count(kind) > 0, "\(kind)") }
        Report.say(
            """
            \(kills) kills: \(server.orders.count) orders, \(server.orders.count { $0.isCompleted }) completed, \
            \(sandbox.labels.count) labels (\(sandbox.labels.count { $0.isVoided }) voided), \
            \(["authorization", "capture", "void", "refund"].map { "\(sandbox.count($0)) \($0)s" }.joined(separator: ", ")), \
            \(server.doneEffects[.sendMail]?.count ?? 0) mails, \(receiver.messages.count) webhook messages \
            (\(receiver.messages.count { $0.deliveries > 1 }) delivered again under the same id), \
            \(shoppers.repetitions) requests repeated
            """)
    }
}
