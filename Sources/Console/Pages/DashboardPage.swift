import BPMN
import HTTPAPI
import Kernel
import Orders
import OrdersService

extension ConsoleRoutes {
    func dashboard() async throws(Fault) -> Page {
        Dashboard(
            figures: try await services.figures.figures(services), audit: services.auditBoard.latest,
            circuits: services.circuits(), now: services.clock.now
        ).page
    }
}

/// The whole system at a glance.
struct Dashboard {
    static let latestCount = 20

    let figures: Figures
    /// `nil` before the first run.
    let audit: AuditReport?
    let circuits: [CircuitView]
    let now: Instant

    var page: Page {
        Page(
            title: "Overview", area: .overview,
            content: HTML("<h1>Overview</h1>\(verdict)\(counts)\(attention)\(figures.diagram)\(orders)"))
    }

    var verdict: HTML {
        guard let audit else {
            return HTML(
                """
                <p id="audit" data-live class="verdict quiet">The invariants have not been checked yet.</p>
                """)
        }
        let when = Writing.time(audit.finishedAt, now: now)
        if audit.holds {
            let number = Writing.plural(audit.checks.count, "invariant holds", "invariants hold")
            return HTML("<p id=\"audit\" data-live class=\"verdict good\">✓ \(number) · checked \(when)</p>")
        }
        let broken = audit.checks.filter { !$0.holds }.map { check in
            HTML("<li>\(check.name): \(check.offenders.joined(separator: ", "))</li>")
        }
        let number = Writing.plural(broken.count, "invariant does not hold", "invariants do not hold")
        return HTML(
            """
            <div id="audit" data-live class="verdict bad">✗ \(number) · checked \(when)<ul>\(broken)</ul></div>
            """)
    }

    private var counts: HTML {
        let parts = OrderState.allCases.map { state in
            HTML("<div><dt>\(state.name)</dt><dd>\(figures.counts[state] ?? 0)</dd></div>")
        }
        return HTML(
            """
            <section aria-labelledby="counts-title"><h2 id="counts-title">Orders by state</h2>
            <dl id="counts" data-live class="counts">\(parts)</dl></section>
            """)
    }

    /// What a person has to look at: three figures, quiet when there is nothing to do.
    private var attention: HTML {
        let down = circuits.filter { $0.state != "closed" }
        let parties = down.isEmpty ? "all answer" : down.map { Circuits.name($0) + " down" }.joined(separator: ", ")
        let tiles = [
            ("Outside parties", HTML("\(parties)"), down.isEmpty, "parties"),
            ("Incidents", HTML("\(figures.incidentCount)"), figures.incidentCount == 0, "incidents"),
            ("Dead letters", HTML("\(figures.deadLetterCount)"), figures.deadLetterCount == 0, "dead-letters"),
        ].map { name, value, isCalm, anchor in
            HTML(
                """
                <div class="\(isCalm ? "calm" : "bad")"><dt><a href="/attention#\(anchor)">\(name)</a></dt>\
                <dd>\(value)</dd></div>
                """)
        }
        return HTML(
            """
            <section aria-labelledby="attention-title"><h2 id="attention-title">Needs a person</h2>
            <dl id="attention" data-live class="counts">\(tiles)</dl></section>
            """)
    }

    static func diagram(_ model: ProcessModel, _ tokens: TokenCounts) -> HTML {
        let scope = tokens.isPartial ? " (the newest)" : ""
        let number = Writing.plural(tokens.instances, "running order", "running orders")
        return DiagramMarkup.figure(
            of: model, caption: "\(number)\(scope), by step of the process", tokens: tokens.tokens,
            DiagramDrawing.Overlay(counts: tokens.tokens))
    }

    private var orders: HTML {
        let rows = figures.latest.map { order in
            HTML(
                """
                <tr><th scope="row"><a class="mono" href="/orders/\(order.id.text)">\(order.number ?? order.id.text)</a>\
                </th><td>\(Writing.pill(order.state.name))\(late(order))</td>\
                <td class="roomy">\(Writing.pill(order.fulfillmentStatus.rawValue))</td>\
                <td class="roomy">\(Writing.pill(order.paymentStatus.rawValue))</td>\
                <td class="n mono roomy">\(order.total.description)</td>\
                <td class="n">\(Writing.time(order.placedAt, now: now))</td></tr>
                """)
        }
        let table = HTML(
            """
            <table><thead><tr><th scope="col">Order</th><th scope="col">State</th>
            <th scope="col" class="roomy">Fulfillment</th><th scope="col" class="roomy">Payment</th>
            <th scope="col" class="n roomy">Total</th><th scope="col" class="n">Placed</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """)
        let none = HTML("<p class=\"soft\">There are no orders yet. The first one appears here by itself.</p>")
        return HTML(
            """
            <section id="latest" data-live aria-labelledby="latest-title"><h2 id="latest-title">Latest orders</h2>
            \(figures.latest.isEmpty ? none : HTML("<div class=\"scroll\">\(table)</div>"))</section>
            """)
    }

    private func late(_ order: Order) -> HTML {
        order.isInJeopardy ? HTML(" <span class=\"pill bad\">late</span>") : .empty
    }
}
