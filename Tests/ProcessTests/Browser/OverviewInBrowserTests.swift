import Kernel
import SQLiteStore
import Testing

@Suite(.serialized)
struct OverviewInBrowserTests {
    @Test(.timeLimit(.minutes(3))) func withoutJavaScriptTheOverviewIsWhole() async throws {
        try await ConsoleScene.with(runsScripts: false) { scene in
            for number in 1...2 { try await scene.place(number) }
            let browser = scene.browser
            try await scene.open("/")
            try await eventuallyTrue("the audit and both orders with their couriers") {
                try await browser.reload()
                let steps = try await browser.text("#diagram .steps") ?? ""
                let audit = try await browser.text("#audit.good") ?? ""
                return steps.contains("2 Waits for delivered") && audit.contains("invariants hold")
            }
            #expect(try await browser.text("#diagram figcaption") == "2 running orders, by step of the process")
            #expect(try await browser.count("#diagram svg[role=img] .bpmn-badge:not([visibility])") > 0)
            #expect(try await browser.count("#latest tbody tr") == 2)
            #expect(try await browser.text("#latest tbody tr a") == "n-2")
            #expect(try await browser.text("#counts")?.contains("fulfilling\n2") == true)
            #expect(try await browser.text("#attention")?.contains("all answer") == true)
            #expect(try await browser.text("#live") == "", "nothing claims to be live")
            try await scene.expectNoErrors()
        }
    }

    @Test(.timeLimit(.minutes(3))) func anOrderAppearsAndMovesWithoutAReload() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            try await scene.open("/")
            try await browser.waitForText("#live") { $0 == "live" }
            #expect(try await browser.text("#latest")?.contains("There are no orders yet.") == true)
            _ = try await browser.evaluate("window.isFirstLoad = true")
            try await scene.place(1)
            try await browser.waitForText("#latest") { $0.contains("n-1") }
            try await browser.waitForText("#diagram .steps") { $0.contains("1 Waits for delivered") }
            try await scene.place(2)
            try await browser.waitForText("#diagram .steps") { $0.contains("2 Waits for delivered") }
            let badge = "#diagram .bpmn-event-based-gateway .bpmn-badge:not([visibility]) text"
            try await browser.waitForText(badge) { $0 == "2" }
            #expect(try await browser.evaluate("return window.isFirstLoad") == .bool(true))
            try await scene.expectNoErrors()
        }
    }

    /// The page stays open all the while: it must not keep the server from stopping, and must find it again.
    @Test(.timeLimit(.minutes(3))) func theLineTurnsRedWhenAnInvariantIsBroken() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            try await scene.open("/")
            try await browser.waitForText("#audit.good") { $0.contains("✓") }
            try await browser.waitForText("#live") { $0 == "live" }
            try await scene.installation.stopServer()
            try await browser.waitForText("#live") { $0 == "not connected" }
            let books = try SQLiteDatabase(path: "\(scene.installation.dataPath)/warehouse.db").connect(.write)
            try books.execute("UPDATE stock SET on_hand = on_hand + 1")
            books.close()
            try await scene.installation.startServer()
            try await browser.waitForText("#live", within: .seconds(40)) { $0 == "live" }
            try await browser.waitForText("#audit.bad", within: .seconds(40)) { text in
                text.contains("✗ 1 invariant does not hold")
            }
            #expect(try await browser.count("#audit.good") == 0)
        }
    }

    @Test(.timeLimit(.minutes(3))) func aPartyThatIsDownIsNamed() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            try await scene.open("/")
            try await browser.waitForText("#attention") { $0.contains("all answer") }
            try await scene.installation.setFaults("payments", #"{"outage": "unavailable"}"#)
            for number in 1...8 { try await scene.place(number) }
            try await browser.waitForText("#attention", within: .seconds(60)) { $0.contains("payment down") }
            try await scene.open("/attention")
            #expect(try await browser.text("#parties tbody")?.contains("payment down") == true)
            try await scene.expectNoErrors()
        }
    }
}
