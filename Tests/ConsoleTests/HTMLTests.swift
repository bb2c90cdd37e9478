import Testing

@testable import Console

@Suite struct HTMLTests {
    @Test func aTextIsEscapedInContentAndInAttributes() {
        let evil = "<script>alert('1')</script>\" onclick=\"x & y"
        let html = HTML("<b title=\"\(evil)\">\(evil)</b>").markup
        let escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onclick=&quot;x &amp; y"
        #expect(html == "<b title=\"\(escaped)\">\(escaped)</b>")
    }

    @Test func markupInMarkupStays() {
        let rows = [1, 2].map { HTML("<td>\($0)</td>") }
        let nothing: HTML? = nil
        #expect(
            HTML("<tr>\(rows)\(HTML("<td>\("<")</td>"))\(nothing)</tr>").markup
                == "<tr><td>1</td><td>2</td><td>&lt;</td></tr>")
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:8080", true), ("127.0.0.1", "localhost:8080", true), ("::1", "[::1]:8080", true),
        ("127.0.0.1", "shop.example", false), ("127.0.0.1", "127.0.0.1.evil.example", false),
        ("0.0.0.0", "127.0.0.1:8080", false), ("192.168.1.5", "localhost", false),
    ])
    func theConsoleIsForThisMachine(_ host: String, _ authority: String, _ admitted: Bool) {
        #expect(ConsoleAccess(host: host, openConsole: false).admits(authority: authority) == admitted)
        #expect(ConsoleAccess(host: host, openConsole: true).admits(authority: authority))
        #expect(!ConsoleAccess(host: host, openConsole: false).admits(authority: nil))
    }

    @Test func changesAreToldTwiceASecond() {
        let pace = ChangePace()
        let start = ContinuousClock.now
        #expect(pace.isDue(start))
        #expect(!pace.isDue(start + .milliseconds(499)))
        #expect(pace.isDue(start + .milliseconds(500)))
        #expect(!pace.isDue(start + .milliseconds(501)))
    }

    @Test func namesAreWords() {
        #expect(Writing.words("out_for_delivery") == "out for delivery")
        #expect(Writing.sentence("StockReserved") == "Stock reserved")
    }
}
