import Kernel
import Testing

@Suite(.serialized)
struct OrderInBrowserTests {
    private static let slowFloor = Installation.Options(pickup: 60, leg: 60, failRate: 0, autoWork: 1.5)

    @Test(.timeLimit(.minutes(3))) func anOrdersPageFollowsItsTokens() async throws {
        try await ConsoleScene.with(Self.slowFloor) { scene in
            let browser = scene.browser
            let order = try await scene.place(1)
            try await scene.open("/orders/\(order.id)")
            #expect(try await browser.title == "Order n-1 – Doorstep")
            _ = try await browser.evaluate("window.isFirstLoad = true")
            try await browser.waitForText("#diagram .steps") { $0 == "1 Pick and pack" }
            #expect(try await browser.count("#diagram #el-reserve-stock.bpmn-completed") == 1)
            #expect(try await browser.count("#diagram .bpmn-event-based-gateway.bpmn-token") == 0)
            try await browser.waitForText("#diagram .steps") { $0.hasPrefix("1 Waits for delivered") }
            #expect(try await browser.count("#diagram .bpmn-event-based-gateway.bpmn-token") == 1)
            try await browser.waitForText("#timeline") { text in
                let events = ["Order created", "Stock reserved", "Payment authorized", "Fulfillment handed over"]
                return events.allSatisfy(text.contains)
            }
            try await browser.waitForText("#parcels") { $0.contains("handed over") && $0.contains("BER") }
            try await browser.waitForText("#money") { $0.contains("Captured 24.68 EUR") }
            #expect(try await browser.evaluate("return window.isFirstLoad") == .bool(true))
            let markup = try await browser.evaluate("return document.documentElement.outerHTML").string ?? ""
            for secret in ["Lovelace", "Ludgate", "Springfield", "ada@"] { #expect(!markup.contains(secret)) }
            try await scene.expectNoErrors()
        }
    }

    @Test(.timeLimit(.minutes(3))) func stockChangesBeforeTheEyes() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            try await scene.open("/stock")
            try await browser.waitForText("#stock tbody tr:first-child td:nth-of-type(2)") { $0 == "50000" }
            try await scene.place(1)
            try await browser.waitForText("#stock tbody tr:first-child td:nth-of-type(2)") { $0 == "49998" }
            // Handed over: the goods are no longer on hand either.
            try await browser.waitForText("#stock tbody tr:first-child td:nth-of-type(3)") { $0 == "49998" }
            try await scene.expectNoErrors()
        }
    }

    @Test(.timeLimit(.minutes(3))) func theTrackingPageShowsTheParcelAndNothingElse() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            let order = try await scene.place(1)
            try await scene.open(order.trackingPath)
            #expect(try await browser.title == "Your order n-1 – Doorstep")
            try await eventuallyTrue("a parcel") {
                try await browser.reload()
                return try await browser.text("#parcels .progress [aria-current]") == "Packed"
            }
            let markup = try await browser.evaluate("return document.documentElement.outerHTML").string ?? ""
            for secret in [
                "Lovelace", "Ludgate", "Springfield", "10115", "ada@", "EUR", "12.34", "24.68", order.id, "BER",
                "/stock",
            ] { #expect(!markup.contains(secret), "\(secret)") }
            try await scene.expectNoErrors()

            try await scene.open("/track/00000000000000000000000000000000")
            #expect(try await browser.text("h1") == "Nothing to track here")
            let status = "return performance.getEntriesByType('navigation')[0].responseStatus"
            #expect(try await browser.evaluate(status).integer == 404)
        }
    }
}
