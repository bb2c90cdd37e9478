import Foundation
import HTTPAPI
import Hummingbird
import Kernel
import Runtime
import Testing

@testable import Console

@Suite struct PagesTests {
    @Test func theDashboardShowsWhereOrdersAre() async throws {
        let bench = try ConsoleBench()
        let id = try bench.order(number: "A-1")
        let seen = try await bench.get("/")
        #expect(seen.status == 200)
        #expect(seen.text.contains("href=\"/orders/\(id.text)\""))
        #expect(seen.text.contains("<dt>placed</dt><dd>1</dd>"))
        #expect(seen.text.contains("1 running order, by step"))
        #expect(seen.text.contains("not been checked yet"))
        bench.board.post(
            AuditReport(
                finishedAt: bench.clock.now,
                checks: [AuditCheck(name: "no oversell", figure: 3, offenders: [])]))
        #expect(try await bench.get("/").text.contains("class=\"verdict good\">✓ 1 invariant holds"))
        bench.board.post(
            AuditReport(
                finishedAt: bench.clock.now,
                checks: [AuditCheck(name: "no <oversell>", figure: 3, offenders: ["MUG"])]))
        let broken = try await bench.get("/").text
        #expect(broken.contains("class=\"verdict bad\">✗ 1 invariant does not hold"))
        #expect(broken.contains("no &lt;oversell&gt;: MUG"))
    }

    @Test func anOrderTellsItsStory() async throws {
        let bench = try ConsoleBench()
        let id = try bench.order(number: "A-1")
        try bench.handOver()
        let seen = try await bench.get("/orders/\(id.text)")
        #expect(seen.status == 200)
        for expected in [
            "Order created", "Stock reserved", "Payment authorized", "TRACK1234", "24.68 EUR", "LON",
            "https://shop.example/track/\(ConsoleBench.token.text)", "bpmn-token",
            "data-events=\"/console/events?order=\(id.text)\"",
        ] {
            #expect(seen.text.contains(expected), "\(expected)")
        }
        #expect(!seen.text.contains(ConsoleBench.evil))
        #expect(seen.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!seen.text.contains("Ludgate") && !seen.text.contains("Lovelace"))
    }

    @Test func anOrderShowsItsReturnsOnceItHasSome() async throws {
        let bench = try ConsoleBench()
        let id = try bench.order()
        try bench.handOver()
        try bench.deliver(id)
        #expect(try await !bench.get("/orders/\(id.text)").text.contains("id=\"returns\""))
        let returned = try bench.askForReturn(of: id, reason: ConsoleBench.evil)
        func section() async throws -> Substring {
            let text = try await bench.get("/orders/\(id.text)").text
            let start = try #require(text.range(of: "<section id=\"returns\" data-live"))
            let end = try #require(text.range(of: "</section>", range: start.upperBound..<text.endIndex))
            return text[start.lowerBound..<end.lowerBound]
        }
        let expected = try await section()
        #expect(expected.contains("\(returned.text)</th><td class=\"n\">1</td>"))
        #expect(expected.contains(">approved<") && expected.contains("0.00 EUR"))
        #expect(expected.contains("&lt;script&gt;") && !expected.contains(ConsoleBench.evil))
        try bench.receive(returned)
        let closed = try await section()
        #expect(closed.contains(">closed<") && closed.contains("12.34 EUR"))
        #expect(try await bench.get("/orders/\(id.text)").text.contains("<dt>Return</dt>"))
    }

    @Test(arguments: ["ord_0000000000001", "ord_1", "%3Cscript%3E", "prd_0000000000001"])
    func anUnknownOrderIsNotFound(_ id: String) async throws {
        let seen = try await ConsoleBench().get("/orders/\(id)")
        #expect(seen.status == 404)
        #expect(seen.text.contains("No such order"))
        #expect(!seen.text.contains("<script>"))
    }

    @Test func stockIsShownPerProductAndWarehouse() async throws {
        let bench = try ConsoleBench()
        #expect(try await bench.get("/stock").text.contains("There is no stock yet."))
        _ = try bench.order()
        let seen = try await bench.get("/stock?after=nonsense")
        #expect(seen.text.contains("<th scope=\"row\" class=\"mono\">MUG<div"))
        #expect(seen.text.contains("title=\"London &amp; more\">LON"))
        #expect(seen.text.contains("<td class=\"n\">10</td>"))
        #expect(!seen.text.contains(ConsoleBench.evil))
    }

    @Test func theTrackingPageHidesAddressAndPrice() async throws {
        let bench = try ConsoleBench()
        let id = try bench.order(number: "A-1")
        try bench.handOver()
        // Customers come from anywhere.
        let seen = try await bench.get("/track/\(ConsoleBench.token.text)", authority: "shop.example")
        #expect(seen.status == 200)
        #expect(seen.text.contains("Your order A-1"))
        #expect(seen.text.contains("TRACK1234"))
        for secret in [
            "Ada", "Lovelace", "Ludgate", "London", "EC4M", "example.org", "EUR", "24.68", "12.34", "4.95", id.text,
            "LON", "data-events", "href=\"/\"",
        ] {
            #expect(!seen.text.contains(secret), "\(secret)")
        }
    }

    @Test func aWrongTokenTellsNothing() async throws {
        let bench = try ConsoleBench()
        _ = try bench.order()
        let malformed = try await bench.get("/track/x")
        let unknown = try await bench.get("/track/0123456789abcdeffedcba9876543211")
        #expect(malformed.status == 404 && unknown.status == 404)
        #expect(malformed.text == unknown.text)
    }

    @Test func trackingPagesAreLimitedPerAddress() async throws {
        let bench = try ConsoleBench(trackingBurst: 2)
        for _ in 0..<2 { #expect(try await bench.get("/track/x").status == 404) }
        let refused = try await bench.get("/track/x")
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.text.contains("try again in 1 second."))
        bench.clock.advance(.seconds(1))
        #expect(try await bench.get("/track/x").status == 404)
    }

    @Test func tooManyListenersAreRefusedAndTheEndOfTheProcessEndsAll() async throws {
        let bench = try ConsoleBench(listenersMax: 1)
        let held = try #require(bench.stream.subscribe())
        let refused = try await bench.get("/console/events")
        #expect(refused.status == 503)
        #expect(refused.headers[.retryAfter] == "10")
        #expect(refused.text.contains("Too many pages listen already."))
        bench.stream.close()
        for await _ in held { Issue.record("nothing was committed") }
        #expect(try await bench.get("/console/events").status == 503, "none may begin while the server stops")
    }

    @Test(arguments: ["/", "/stock", "/attention", "/orders/ord_0000000000001", "/console/events"])
    func operationsPagesAreClosedToOthers(_ path: String) async throws {
        #expect(try await ConsoleBench().get(path, authority: "shop.example").status == 403)
        #expect(try await ConsoleBench(host: "0.0.0.0").get(path).status == 403)
    }

    @Test func peopleAreToldInAPageThatThereIsNothing() async throws {
        let bench = try ConsoleBench()
        let seen = try await bench.get("/order")
        #expect(seen.status == 404 && seen.text.contains("There is nothing at this address"))
        #expect(seen.headers[.contentType]?.hasPrefix("text/html") == true)
        // Programs, and whoever asks for the API, are answered by others.
        for other in [try await bench.get("/order", accept: "*/*"), try await bench.get("/v1/nothing")] {
            #expect(other.status == 404 && other.text.isEmpty)
        }
    }

    @Test func noPageNeedsInlineScriptOrStyleElements() async throws {
        let bench = try ConsoleBench()
        let id = try bench.order()
        for path in ["/", "/stock", "/attention", "/orders/\(id.text)", "/track/\(ConsoleBench.token.text)"] {
            let seen = try await bench.get(path)
            let fields = Dictionary(seen.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in first }
            #expect(fields["content-security-policy"]?.contains("script-src 'self'") == true)
            #expect(fields["x-content-type-options"] == "nosniff")
            #expect(fields["referrer-policy"] == "no-referrer")
            #expect(!seen.text.contains("<style"))
            #expect(seen.text.ranges(of: "<script").count == 1)
            #expect(seen.text.contains("<script src=\"/console/console.js\" defer></script>"))
        }
        #expect(try await bench.get("/console/console.css").text.contains(".bpmn-token"))
        #expect(try await bench.get("/console/console.js").text.contains("EventSource"))
    }
}
