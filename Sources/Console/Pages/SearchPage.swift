import HTTPAPI
import Kernel
import Orders
import OrdersService
import Ports
import SearchLanguage
import SearchService

/// The search box, what it found, and the searches that are kept.
struct SearchPage {
    /// What came of the query.
    enum Outcome {
        case found(OrderSearch.Found, [OrderView])
        /// No index answers; the store answers what it can.
        case fromStore([OrderView])
        case refused(Problem, SearchSyntaxError?)
        /// Nothing searches here.
        case unavailable
    }

    /// A kept search with how many orders it finds now; `nil` while nobody knows.
    struct Kept {
        let search: SavedSearch
        let total: Int64?
    }

    let text: String
    let sort: SearchSort
    let outcome: Outcome
    let kept: [Kept]
    /// `nil` when nobody knows.
    let lag: SearchLag?
    let now: Instant

    var page: Page {
        Page(
            title: text.isEmpty ? "Search" : "\(text) – Search", area: .search, isLive: false,
            content: HTML(
                """
                <h1>Search</h1>\(form)\(behind)
                <div class="search"><div>\(result)</div><div>\(facets)\(keptSearches)</div></div>
                """))
    }

    private var form: HTML {
        let options = SearchSort.allCases.map { option in
            let selected = option == sort ? HTML(" selected") : .empty
            return HTML("<option value=\"\(option.rawValue)\"\(selected)>\(option.rawValue) first</option>")
        }
        return HTML(
            """
            <form id="search" action="/search" method="get" role="search" class="row">
            <label for="q" class="skip">Find orders</label>
            <input id="q" name="q" type="search" value="\(text)" maxlength="\(SearchParser.lengthMax)" autocomplete="off" \
            placeholder="an order number, a tracking number, a name, status:short carrier:dhl" list="suggestions" \
            aria-describedby="hint">
            <datalist id="suggestions"></datalist>
            <label for="sort" class="skip">Sort</label><select id="sort" name="sort">\(options)</select>
            <button type="submit">Search</button></form>
            <p id="hint" class="soft">Words find texts and codes that begin so; "words in quotes" stand side by side; \
            <code>-word</code> must not be there. <code>status:short</code>, <code>carrier:dhl</code>, \
            <code>sku:AB-1*</code>, <code>placed&gt;2026-11-01</code>, <code>total&gt;=100</code>, <code>OR</code>.</p>
            """)
    }

    /// How far the index is behind: said always, so that nobody has to wonder.
    private var behind: HTML {
        guard let lag else { return .empty }
        let events = Writing.plural(lag.unreadEvents, "event", "events")
        let waiting = Writing.plural(lag.status.waiting, "order", "orders")
        let isBehind = lag.unreadEvents > 0 || lag.status.waiting > 0
        let text = isBehind ? "The index is \(events) and \(waiting) behind" : "The index is up to date"
        let building = lag.status.building == nil ? "" : "; a new one is being filled"
        let fault = lag.status.fault.map { "; it cannot be written: \(Writing.words($0.code))" } ?? ""
        let tone = fault.isEmpty ? "quiet" : "bad"
        return HTML(
            "<p id=\"lag\" class=\"verdict \(tone)\">\(text)\(building)\(fault) · \(lag.status.engine)</p>")
    }

    private var result: HTML {
        switch outcome {
        case .found(let found, let views):
            let total = Writing.plural(found.answer.total ?? 0, "order", "orders")
            let forgiving =
                found.forgivesTypos
                ? HTML(
                    "<p id=\"typos\" class=\"soft\">Nothing is spelled like that; this is what was probably meant.</p>")
                : .empty
            return section(
                HTML("<span id=\"total\">\(total)</span>"), HTML("\(forgiving)\(table(views))\(more(found))"))
        case .fromStore(let views):
            return section(
                HTML("From the store"),
                HTML("<p class=\"soft\">The index does not answer; the store answers this query.</p>\(table(views))"))
        case .refused(let problem, let syntax):
            return section(
                HTML("No answer"),
                HTML("<p id=\"problem\" class=\"gone\">\(syntax?.detail ?? problem.detail)</p>\(marked(syntax))"))
        case .unavailable:
            return section(HTML("No answer"), HTML("<p id=\"problem\">Nothing searches here.</p>"))
        }
    }

    /// The query with what is wrong in it marked.
    private func marked(_ syntax: SearchSyntaxError?) -> HTML {
        guard let syntax else { return .empty }
        let scalars = Array(text.unicodeScalars)
        let piece = { (range: Range<Int>) -> String in
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[range.clamped(to: 0..<scalars.count)])
            return text
        }
        let end = syntax.position + syntax.length
        let wrong = syntax.length == 0 ? "…" : piece(syntax.position..<end)
        return HTML(
            """
            <p class="mono">\(piece(0..<syntax.position))<mark>\(wrong)</mark>\(piece(min(end, scalars.count)..<scalars.count))</p>
            """)
    }

    private func section(_ title: HTML, _ content: HTML) -> HTML {
        HTML(
            "<section id=\"results\" aria-labelledby=\"results-title\"><h2 id=\"results-title\">\(title)</h2>\(content)</section>"
        )
    }

    private func table(_ views: [OrderView]) -> HTML {
        guard !views.isEmpty else { return HTML("<p class=\"soft\">Nothing was found.</p>") }
        let rows = views.map { view in
            let order = view.order
            let carriers = Set(order.fulfillments.compactMap { $0.shipment?.carrier }).sorted()
            return HTML(
                """
                <tr><th scope="row"><a class="mono" href="/orders/\(order.id.text)">\(order.number ?? order.id.text)</a>\
                </th><td>\(Writing.pill(order.state.name))</td><td class="roomy">\(order.customer)</td>\
                <td class="roomy">\(order.destination.country)</td><td class="roomy">\(carriers.joined(separator: ", "))</td>\
                <td class="n mono roomy">\(order.total.description)</td>\
                <td class="n">\(Writing.time(order.placedAt, now: now))</td></tr>
                """)
        }
        return HTML(
            """
            <div class="scroll"><table><thead><tr><th scope="col">Order</th><th scope="col">State</th>
            <th scope="col" class="roomy">Customer</th><th scope="col" class="roomy">Country</th>
            <th scope="col" class="roomy">Carrier</th><th scope="col" class="n roomy">Total</th>
            <th scope="col" class="n">Placed</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """)
    }

    private func more(_ found: OrderSearch.Found) -> HTML {
        guard let next = found.next else { return .empty }
        let link = SearchLink(text: text, sort: sort, after: next)
        return HTML("<p><a id=\"more\" href=\"\(link.path)\">More</a></p>")
    }

    private var facets: HTML {
        guard case .found(let found, _) = outcome else { return .empty }
        let groups = FacetCount.fields.compactMap { field -> HTML? in
            guard let counts = found.answer.facets[field], !counts.isEmpty else { return nil }
            let rows = counts.prefix(12).map { count in
                let value = count.value.contains(" ") ? "\"\(count.value)\"" : count.value
                let link = SearchLink(text: "\(text) \(field.rawValue):\(value)", sort: sort)
                return HTML("<li><a href=\"\(link.path)\">\(Writing.words(count.value))</a> <b>\(count.count)</b></li>")
            }
            return HTML(
                "<div class=\"facet\" id=\"facet-\(field.rawValue)\"><h3>\(field == .flag ? "state" : field.rawValue)</h3><ul>\(rows)</ul></div>"
            )
        }
        guard !groups.isEmpty else { return .empty }
        return HTML(
            "<section aria-labelledby=\"facets-title\"><h2 id=\"facets-title\">Narrow down</h2>\(groups)</section>")
    }

    private var keptSearches: HTML {
        guard lag != nil else { return .empty }
        let rows = kept.map { kept in
            let link = SearchLink(text: kept.search.query, sort: .newest)
            return HTML(
                """
                <li><a href="\(link.path)">\(kept.search.name)</a> <b>\(kept.total.map { "\($0)" } ?? "?")</b>
                <form action="/search/saved/remove" method="post"><input type="hidden" name="name" value="\(kept.search.name)">\
                <button type="submit" aria-label="Forget \(kept.search.name)">forget</button></form></li>
                """)
        }
        let save =
            text.isEmpty
            ? HTML.empty
            : HTML(
                """
                <form action="/search/saved" method="post" class="row"><input type="hidden" name="query" value="\(text)">
                <label for="name" class="skip">Name</label><input id="name" name="name" required maxlength="60" \
                placeholder="Keep this search as"><button type="submit">Keep</button></form>
                """)
        let list = kept.isEmpty ? HTML("<p class=\"soft\">No search is kept.</p>") : HTML("<ul>\(rows)</ul>")
        return HTML(
            """
            <section id="kept" aria-labelledby="kept-title"><h2 id="kept-title">Kept searches</h2>
            <div class="facet">\(list)</div>\(save)</section>
            """)
    }
}
