import Kernel
import Testing

/// A person's browser before a running installation.
struct ConsoleScene: Sendable {
    let installation: Installation
    let browser: Browser

    /// Couriers take their time, so that what a page shows does not pass before it is looked at.
    static let unhurried = Installation.Options(pickup: 60, leg: 60, failRate: 0, autoWork: 0.5)

    static func with(
        _ options: Installation.Options = unhurried, runsScripts: Bool = true,
        _ body: (ConsoleScene) async throws -> Void
    ) async throws {
        try await Browser.with(runsScripts: runsScripts) { browser in
            try await Installation.with(options) { installation in
                try await body(ConsoleScene(installation: installation, browser: browser))
            }
        }
    }

    func open(_ path: String) async throws { try await browser.open(installation.url + path) }

    /// Places the order with this number, which no provider declines.
    ///
    /// - Returns: its id and the secret of its tracking page.
    @discardableResult
    func place(_ number: Int) async throws -> (id: String, trackingPath: String) {
        let body = """
            {"customer": "c-\(number)", "number": "n-\(number)",
             "lines": [{"sku": "ITEM-1", "quantity": 2, "unit_price": {"amount": 1234, "currency": "EUR"}}],
             "address": {"name": "Ada Lovelace", "street": "Ludgate Hill 1", "city": "Springfield",
                         "postal_code": "10115", "country": "DE", "email": "ada@shop.example"},
             "payment_method": "tok_ok"}
            """
        let placed = try await installation.shop.post("/v1/orders", body, key: "order-\(number)")
        try #require(placed.status == 201, "\(placed.text)")
        let link = try #require(placed.json["tracking_url"]?.string, "\(placed.text)")
        let path = try #require(link.firstRange(of: "/track/").map { String(link[$0.lowerBound...]) })
        return (try #require(placed.json["id"]?.string), path)
    }

    func expectNoErrors() async throws {
        let errors = try await browser.takeErrors()
        #expect(errors.isEmpty)
    }
}
