import HTTPAPI
import Kernel
import OrdersService
import Ports
import Runtime

extension ConsoleRoutes {
    static let attentionLimit = 50

    func attention() async throws(Fault) -> Page {
        let process = services.process
        let incidents = try await services.orders.read { database throws(Fault) in
            try process.incidents(limit: Self.attentionLimit, database)
        }
        var letters: [AttentionPage.Parked] = []
        var orphans: [AttentionPage.Orphan] = []
        let search = services.search.map { [("search", $0.reads)] } ?? []
        for (service, pool) in [
            ("orders", services.orders), ("warehouse", services.warehouse), ("shipping", services.shipping),
        ] + search {
            let open = try await pool.readIfHere { database throws(Fault) in
                try DeadLetters.open(database, limit: Self.attentionLimit)
            }
            letters += (open ?? []).map { AttentionPage.Parked(service: service, letter: $0) }
            let known = try await pool.readIfHere { database throws(Fault) in try NodeTable.ownerships(database) }
            let ownerless = (known ?? []).filter { !$0.owner.isEmpty && $0.expiresAt <= services.clock.now }
            orphans += ownerless.map { AttentionPage.Orphan(service: service, ownership: $0) }
        }
        return AttentionPage(
            circuits: services.circuits(), incidents: incidents, letters: letters, orphans: orphans,
            steps: ProcessSteps(model: process.model), now: services.clock.now
        ).page
    }
}

/// What a person has to look at, with what is known about it.
struct AttentionPage {
    struct Parked {
        let service: String
        let letter: DeadLetters.Letter
    }

    /// A partition on which nobody works.
    struct Orphan {
        let service: String
        let ownership: NodeTable.Ownership
    }

    let circuits: [CircuitView]
    /// Oldest first, the first ``ConsoleRoutes/attentionLimit`` orders.
    let incidents: [IncidentView]
    /// Oldest first, the first ``ConsoleRoutes/attentionLimit`` of each service.
    let letters: [Parked]
    let orphans: [Orphan]
    let steps: ProcessSteps
    let now: Instant

    var page: Page {
        Page(
            title: "Attention", area: .attention,
            content: HTML("<h1>Needs a person</h1>\(parties)\(stopped)\(parked)\(ownerless)"))
    }

    private var parties: HTML {
        let rows = circuits.map { circuit in
            HTML(
                """
                <tr><th scope="row">\(Circuits.name(circuit))</th><td>\(Circuits.pill(circuit)) \
                <span class="soft">\(Writing.time(circuit.since, now: now))</span></td>\
                <td class="n">\(circuit.failures)</td><td class="n">\(circuit.waiting)</td>\
                <td class="n">\(circuit.inFlight)</td></tr>
                """)
        }
        return section(
            "parties", "Outside parties", columns: ["Party", "State", "#Failures in a row", "#Waiting", "#In flight"],
            rows, none: "No call waits or fails.")
    }

    private var stopped: HTML {
        let rows = incidents.map { view in
            HTML(
                """
                <tr><th scope="row"><a class="mono" href="/orders/\(view.orderID.text)">\(view.orderID.text)</a></th>\
                <td>\(steps.name(view.incident.elementID))</td><td class="text">\(view.incident.message)</td></tr>
                """)
        }
        return section(
            "incidents", "Incidents: orders whose process stopped", columns: ["Order", "Step", "Why"], rows,
            none: "No order has stopped.")
    }

    private var parked: HTML {
        let rows = letters.map { parked in
            let letter = parked.letter
            return HTML(
                """
                <tr><th scope="row" class="mono">\(parked.service) \(letter.id)</th><td class="mono">\(letter.label)</td>\
                <td class="text">\(letter.error ?? "waits behind an earlier one of the same key")</td>\
                <td class="n">\(Writing.time(letter.parkedAt, now: now))</td></tr>
                """)
        }
        return section(
            "dead-letters", "Dead letters: inputs that could not be handled",
            columns: ["Letter", "Input", "Why", "#Parked"], rows, none: "Nothing is parked.",
            hint: HTML("<p class=\"soft\"><code>doorstep dead-letters show SERVICE ID</code> prints one in full.</p>"))
    }

    private var ownerless: HTML {
        let rows = orphans.map { orphan in
            HTML(
                """
                <tr><th scope="row">\(orphan.service) \(orphan.ownership.partition)</th>\
                <td class="mono">\(orphan.ownership.owner)</td><td class="n">\(orphan.ownership.epoch)</td></tr>
                """)
        }
        return section(
            "partitions", "Partitions on which no process works", columns: ["Partition", "Last owner", "#Epoch"], rows,
            none: "Every partition has its owner.",
            hint: HTML("<p class=\"soft\"><code>doorstep cluster</code> shows all partitions.</p>"))
    }

    /// - Parameter columns: a `#` before the name of a column with numbers.
    private func section(
        _ id: String, _ title: String, columns: [String], _ rows: [HTML], none: String, hint: HTML? = nil
    ) -> HTML {
        let heads = columns.map { name in
            name.first == "#"
                ? HTML("<th scope=\"col\" class=\"n\">\(name.dropFirst())</th>")
                : HTML("<th scope=\"col\">\(name)</th>")
        }
        let table = HTML(
            """
            <div class="scroll"><table><thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>\(hint)
            """)
        return HTML(
            """
            <section id="\(id)" data-live aria-labelledby="\(id)-title"><h2 id="\(id)-title">\(title)</h2>
            \(rows.isEmpty ? HTML("<p class=\"soft\">\(none)</p>") : table)</section>
            """)
    }
}

/// How the outside parties are written.
enum Circuits {
    /// `carrier/swift` as `carrier swift`.
    static func name(_ circuit: CircuitView) -> String {
        circuit.destination.split(separator: "/").joined(separator: " ")
    }

    static func pill(_ circuit: CircuitView) -> HTML {
        switch circuit.state {
        case "closed": HTML("<span class=\"pill good\">answers</span>")
        case "half_open": HTML("<span class=\"pill busy\">is being tried</span>")
        default: HTML("<span class=\"pill bad\">down</span>")
        }
    }
}
