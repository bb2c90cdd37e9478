import Kernel
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

    @Test func namesAreWords() {
        #expect(Writing.words("out_for_delivery") == "out for delivery")
        #expect(Writing.sentence("StockReserved") == "Stock reserved")
    }

    @Test(
        arguments: [
            (0, "0 s ago"), (999, "0 s ago"), (59_999, "59 s ago"), (60_000, "1 min ago"), (3_599_999, "59 min ago"),
            (3_600_000, "1 h ago"), (86_399_999, "23 h ago"), (86_400_000, "1 d ago"), (-1, "in 0 s"),
            (-172_800_000, "in 2 d"), (.min, "in 106751991167 d"),
        ] as [(Int64, String)])
    func distancesUseTheLargestUnit(_ milliseconds: Int64, _ text: String) {
        #expect(Writing.distance(milliseconds) == text)
    }

    @Test func aTimeIsRelativeAndTellsItselfInFull() {
        let instant = Instant(milliseconds: 1_764_000_000_123)
        #expect(
            Writing.time(instant, now: Instant(milliseconds: 1_764_000_005_123)).markup
                == "<time class=\"age\" datetime=\"2025-11-24T16:00:00.123Z\" "
                + "title=\"2025-11-24 16:00:00 UTC\">5 s ago</time>")
    }
}
