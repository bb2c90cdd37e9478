import HTTPAPI
import Hummingbird
import Kernel
import NIOCore
import Ports

/// A whole page with what all pages have in common.
struct Page {
    enum Area: String, CaseIterable {
        case overview = "Overview"
        case search = "Search"
        case stock = "Stock"
        case attention = "Attention"
        /// For customers: no way into the console.
        case customer = "Tracking"
    }

    var status = HTTPResponse.Status.ok
    let title: String
    let area: Area
    /// The order whose events refresh the page; `nil` for all events.
    var order: String?
    /// Whether the page changes by itself.
    var isLive = true
    let content: HTML

    /// - Parameter now: what the page's relative times count from.
    func html(now: Instant) -> HTML {
        HTML(
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) – Doorstep</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="/console/console.css">
            <script src="/console/console.js" defer></script></head>
            <body data-now="\(now.rfc3339)"\(liveness)><a class="skip" href="#main">Skip to the content</a>
            <header><div class="bar">\(brand)\(navigation)\(light)</div></header>
            <main id="main" tabindex="-1">\(content)</main>
            <footer><p>Doorstep · times are UTC</p></footer></body></html>
            """)
    }

    private var brand: HTML {
        if area == .customer { return HTML("<span class=\"brand\">Doorstep</span>") }
        return HTML("<a class=\"brand\" href=\"/\">Doorstep</a>")
    }

    private var navigation: HTML {
        guard area != .customer else { return .empty }
        let links = [
            (Area.overview, "/"), (Area.search, "/search"), (Area.stock, "/stock"), (Area.attention, "/attention"),
        ].map { area, path in
            let current = area == self.area ? HTML(" aria-current=\"page\"") : HTML.empty
            return HTML("<a href=\"\(path)\"\(current)>\(area.rawValue)</a>")
        }
        return HTML("<nav aria-label=\"Console\">\(links)</nav>")
    }

    /// Filled by the script, so that without it nothing claims to be live.
    private var light: HTML {
        isLive && area != .customer ? HTML("<span id=\"live\" role=\"status\" class=\"live\"></span>") : .empty
    }

    /// Tells the script where changes come from: looking again every so many seconds, and events for the console. What
    /// no commit announces, such as the audit's result, is seen by looking again.
    private var liveness: HTML {
        guard isLive else { return .empty }
        if area == .customer { return HTML(" data-poll=\"30\"") }
        return HTML(" data-poll=\"10\" data-events=\"/console/events\(order.map { "?order=" + $0 } ?? "")\"")
    }

    func response(at clock: any WallClock) -> Response {
        var response = Response(
            status: status, headers: SecurityHeaders.all,
            body: ResponseBody(byteBuffer: ByteBuffer(string: html(now: clock.now).markup)))
        response.headers[.contentType] = "text/html; charset=utf-8"
        response.headers[.cacheControl] = "no-store"
        return response
    }

    static func problem(_ status: HTTPResponse.Status, _ title: String, _ text: String, area: Area) -> Page {
        Page(
            status: status, title: title, area: area, isLive: false,
            content: HTML("<h1>\(title)</h1><p>\(text)</p>"))
    }
}

/// What every answer of the console carries.
enum SecurityHeaders {
    /// Nothing but our own files; no inline script. The process diagram carries style attributes, hence the exception
    /// for those alone: they can run nothing.
    static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; connect-src 'self'; \
        img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
        """

    static let all: HTTPFields = {
        var fields = HTTPFields()
        let values = [
            ("content-security-policy", contentSecurityPolicy), ("x-content-type-options", "nosniff"),
            // A tracking link is a secret: no other site may learn it.
            ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex, nofollow"),
            ("cross-origin-resource-policy", "same-origin"),
        ]
        for (name, value) in values {
            guard let name = HTTPFields.Element.Name(name) else { preconditionFailure("\(name) is no field's name") }
            fields[name] = value
        }
        return fields
    }()
}
