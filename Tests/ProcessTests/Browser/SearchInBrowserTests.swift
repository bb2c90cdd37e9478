import Kernel
import Testing

@Suite(.serialized)
struct SearchInBrowserTests {
    @Test(.timeLimit(.minutes(3))) func ordersAreFoundNarrowedDownAndKept() async throws {
        try await ConsoleScene.with { scene in
            let browser = scene.browser
            for number in 1...3 { try await scene.place(number) }
            try await eventuallyTrue("three orders are found") {
                try await scene.open("/search?q=lovelace")
                return try await browser.text("#total") == "3 orders"
            }
            #expect(try await browser.title == "lovelace – Search – Doorstep")
            try await eventuallyTrue("the index is up to date") {
                try await browser.reload()
                return try await browser.text("#lag")?.hasPrefix("The index is up to date") == true
            }
            // Counts that are followed find what they say.
            #expect(try await browser.text("#facet-country b") == "3")
            _ = try await browser.evaluate("document.querySelector('#facet-country a').click()")
            try await browser.waitForText("#total") { $0 == "3 orders" }
            #expect(
                try await browser.evaluate("return document.getElementById('q').value").string?.contains("country:")
                    == true)

            try await scene.open("/search?q=number:n-2")
            #expect(try await browser.text("#results tbody th") == "n-2")
            _ = try await browser.evaluate(
                "document.getElementById('name').value = 'The second'; document.querySelector('#kept .row button').click()"
            )
            try await browser.waitForText("#kept li") { $0.hasPrefix("The second") && $0.contains("1") }
            _ = try await browser.evaluate("document.querySelector('#kept li form button').click()")
            try await browser.waitForText("#kept") { $0.contains("No search is kept.") }

            try await scene.open("/search?q=carier:dhl")
            #expect(try await browser.text("#problem")?.contains("did you mean 'carrier'") == true)
            #expect(try await browser.text("mark") == "carier:")
            try await scene.open("/search?q=lovelase")
            #expect(try await browser.text("#typos")?.isEmpty == false)
            #expect(try await browser.text("#total") == "3 orders")
            try await scene.expectNoErrors()
        }
    }
}
