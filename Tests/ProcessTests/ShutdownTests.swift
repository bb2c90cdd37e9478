import Foundation
import Kernel
import SQLiteStore
import TestServers
import Testing

/// SIGTERM: what is in flight is answered, nothing is left half done, and nobody is alarmed.
@Suite(.serialized)
struct ShutdownTests {
    @Test func requestsInFlightAreAnsweredAndNoNewOnesTaken() async throws {
        try await Installation.with { installation in
            let shoppers = Shoppers(installation.shop, seed: 3, ordersMax: 8, cancelRate: 0, secondsToWait: 15)
            // Whoever holds Warehouse's database up lets all decisions wait, and with them the answers.
            let warehouse = try SQLiteDatabase(path: "\(installation.dataPath)/warehouse.db").connect(.write)
            defer { warehouse.close() }
            try warehouse.begin()
            async let shopping: Void = shoppers.run(clients: 8, pause: .zero)
            try await eventuallyTrue("all orders accepted") {
                try ServerBooks(installation.dataPath).orders.count == 8
            }
            #expect(shoppers.acknowledged.isEmpty)
            let program = try installation.server
            program.signal(SIGTERM)
            try await eventuallyTrue("a closed door") {
                do {
                    _ = try await installation.control.client.get(url: "\(installation.url)/livez").get()
                    return false
                } catch {
                    return true
                }
            }
            #expect(program.isRunning)
            warehouse.rollback()
            try await shopping
            #expect(try await program.waitForEnd(within: .seconds(10)) == .success)
            #expect(program.errors == "")
            #expect(shoppers.repetitions == 0, "every request was answered the first time")
            try await installation.startServer()
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    @Test func callsThatNobodyAnswersDoNotHoldUpTheStop() async throws {
        try await Installation.with { installation in
            for party in ["swift", "turtle", "payments"] {
                try await installation.setFaults(party, #"{"hang_rate": 1}"#)
            }
            let shoppers = Shoppers(installation.shop, seed: 4, ordersMax: 5, cancelRate: 0)
            try await shoppers.run(clients: 2, pause: .zero)
            try await eventuallyTrue("calls in flight") {
                try await installation.shop.get("/v1/circuits").json["data"]?.array?.contains {
                    $0["in_flight"]?.integer ?? 0 > 0
                } ?? false
            }
            let program = try installation.server
            let start = ContinuousClock.now
            program.signal(SIGTERM)
            #expect(try await program.waitForEnd(within: .seconds(10)) == .success)
            #expect(ContinuousClock.now - start < .seconds(9))
            #expect(program.errors.contains("looked up at the next start"))
            try await installation.expectCleanAudit()
            for party in ["swift", "turtle", "payments"] { try await installation.clearFaults(party) }
            try await installation.startServer()
            try await installation.settle()
            try await installation.expectEverythingOnce(shoppers)
        }
    }

    /// Whoever is slow on purpose could otherwise keep a server from stopping for half a minute.
    @Test func clientsThatTrickleDoNotHoldUpTheStop() async throws {
        try await Installation.with { installation in
            let token = try #require(installation.shop.token)
            let body = try TricklingClient(
                port: installation.port,
                """
                POST /v1/orders HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \(token)\r\nidempotency-key: k\r\n\
                content-type: application/json\r\ncontent-length: 1000\r\n\r\n{
                """)
            let head = try TricklingClient(port: installation.port, "GET /livez HTTP/1.1\r\nhost:")
            let program = try installation.server
            try await eventuallyTrue("both connections taken") {
                try await installation.shop.get("/livez").status == 200
            }
            let start = ContinuousClock.now
            program.signal(SIGTERM)
            #expect(try await program.waitForEnd(within: .seconds(20)) == .success)
            #expect(ContinuousClock.now - start < .seconds(16))
            withExtendedLifetime((body, head)) {}
            try await installation.expectCleanAudit()
        }
    }

    @Test func aStopWithASandboxInsideSaysNothingOnStandardError() async throws {
        let folder = try TemporaryFolder()
        let (port, sandboxPort) = (try FreePort.any(), try FreePort.any())
        let program = try Program(
            [
                "serve", "--sandbox", "--demo-rate", "20", "--port", String(port), "--sandbox-port",
                String(sandboxPort), "--auto-work", "0.05",
            ], in: folder)
        try await eventuallyTrue("orders under way") {
            guard program.isRunning else { throw Failure(program.errors) }
            guard FileManager.default.fileExists(atPath: "\(folder.path)/data/shipping.db") else { return false }
            do {
                return try ServerBooks("\(folder.path)/data").shipments.count > 5
            } catch {
                // The tables come a moment after the files.
                return false
            }
        }
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd(within: .seconds(10)) == .success)
        #expect(program.errors == "")
        let audit = try await Program.run(["audit"], in: folder)
        #expect(audit.end == .success, "\(audit.output)")
    }

    @Test func aSandboxStopsWhenItIsTold() async throws {
        let folder = try TemporaryFolder()
        let program = try Program(["sandbox", "--port", "0"], in: folder)
        try await eventuallyTrue("a sandbox") { program.output.contains("Sandbox on") }
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd(within: .seconds(5)) == .success)
        #expect(program.errors == "")
    }
}
