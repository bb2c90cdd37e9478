import BPMN
import HTTPAPI
import Kernel
import Orders
import OrdersService

extension ConsoleRoutes {
    static let latestCount = 20

    func dashboard() async throws(Fault) -> Page {
        let figures = try await services.figures.figures(services)
        let latest = try await services.orders.read { database throws(Fault) in
            try OrdersQueries.orders(limit: Self.latestCount, database)
        }
        return Dashboard(
            model: services.process.model, figures: figures, latest: latest.map(\.order),
            audit: services.auditBoard.latest
        ).page
    }
}

/// The whole system at a glance.
struct Dashboard {
    let model: ProcessModel
    let figures: Figures
    /// Newest first.
    let latest: [Order]
    /// `nil` before the first run.
    let audit: AuditReport?

    var page: Page {
        Page(
            title: "Overview", area: .overview,
            content: HTML(
                """
                <h1>Overview</h1>\(verdict)\(counts)\(diagram)\(orders)
                """))
    }

    var verdict: HTML {
        guard let audit else {
            return HTML(
                """
                <p id="audit" data-live class="verdict quiet">The invariants have not been checked yet.</p>
                """)
        }
        let when = Writing.time(audit.finishedAt)
        if audit.holds {
            let number = Writing.plural(audit.checks.count, "invariant holds", "invariants hold")
            return HTML("<p id=\"audit\" data-live class=\"verdict good\">✓ \(number), checked \(when)</p>")
        }
        let broken = audit.checks.filter { !$0.holds }.map { check in
            HTML("<li>\(check.name): \(check.offenders.joined(separator: ", "))</li>")
        }
        let number = Writing.plural(broken.count, "invariant does not hold", "invariants do not hold")
        return HTML(
            """
            <div id="audit" data-live class="verdict bad">✗ \(number), checked \(when)<ul>\(broken)</ul></div>
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

    private var diagram: HTML {
        let scope = figures.tokens.isPartial ? " (the newest)" : ""
        let number = Writing.plural(figures.tokens.instances, "running order", "running orders")
        return DiagramMarkup.figure(
            of: model, caption: "\(number)\(scope), by step of the process",
            DiagramDrawing.Overlay(counts: figures.tokens.tokens))
    }

    private var orders: HTML {
        let rows = latest.map { order in
            HTML(
                """
                <tr><th scope="row"><a class="mono" href="/orders/\(order.id.text)">\(order.id.text)</a></th>\
                <td>\(order.number ?? "")</td><td>\(Writing.pill(order.state.name))\(late(order))</td>\
                <td>\(Writing.pill(order.fulfillmentStatus.rawValue))</td>\
                <td>\(Writing.pill(order.paymentStatus.rawValue))</td>\
                <td class="n mono">\(order.total.description)</td><td>\(Writing.time(order.placedAt))</td></tr>
                """)
        }
        let table = HTML(
            """
            <table><thead><tr><th scope="col">Order</th><th scope="col">Shop's number</th>
            <th scope="col">State</th><th scope="col">Fulfillment</th><th scope="col">Payment</th>
            <th scope="col" class="n">Total</th><th scope="col">Placed</th></tr></thead><tbody>\(rows)</tbody></table>
            """)
        return HTML(
            """
            <section id="latest" data-live aria-labelledby="latest-title"><h2 id="latest-title">Latest orders</h2>
            \(latest.isEmpty ? HTML("<p>There are no orders yet.</p>") : HTML("<div class=\"scroll\">\(table)</div>"))
            </section>
            """)
    }

    private func late(_ order: Order) -> HTML {
        order.isInJeopardy ? HTML(" <span class=\"pill bad\">late</span>") : .empty
    }
}
