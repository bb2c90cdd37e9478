import BPMN
import Contracts
import HTTPAPI
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

extension ConsoleRoutes {
    func order(_ text: String) async throws(Fault) -> Page {
        let missing = Page.problem(.notFound, "No such order", "There is no order with this id.", area: .overview)
        guard let id = OrderID(text: text) else { return missing }
        let process = services.process
        let own = try await services.orders.read { database throws(Fault) in
            (
                view: try OrdersQueries.order(id, database), instance: try process.instance(of: id, database),
                history: try LogTable.history(.orders, database, key: id.rawValue)
            )
        }
        guard let view = own.view else { return missing }
        let work = try await services.warehouse.read { database throws(Fault) in
            (
                fulfillments: try WarehouseQueries(database).fulfillments(of: id),
                history: try LogTable.history(.warehouse, database, key: id.rawValue)
            )
        }
        let queries = services.shippingQueries
        let journey = try await services.shipping.read { database throws(Fault) in
            (
                shipments: try queries.shipments(of: id, database),
                history: try LogTable.history(.shipping, database, key: id.rawValue)
            )
        }
        return OrderPage(
            view: view, instance: own.instance, work: work.fulfillments, shipments: journey.shipments,
            history: Timeline.merge([own.history, work.history, journey.history]), publicURL: services.publicURL
        ).page
    }
}

/// Everything about one order, for those who run the shop. Who it goes to is not among it.
struct OrderPage {
    let view: OrderView
    let instance: ProcessInstance?
    let work: [FulfillmentView]
    let shipments: [ShipmentView]
    let history: [Envelope]
    let publicURL: String

    private var order: Order { view.order }

    var page: Page {
        Page(
            title: "Order \(order.number ?? order.id.text)", area: .overview, order: order.id.text,
            content: HTML(
                """
                <h1>Order \(order.number ?? order.id.text)</h1>
                \(diagram)<div class="grid">\(facts)\(money)</div>\(lines)\(parcels)\(timeline)
                """))
    }

    private var facts: HTML {
        let late = order.isInJeopardy ? HTML(" <span class=\"pill bad\">late</span>") : HTML.empty
        let reason =
            order.endReason.isEmpty ? HTML.empty : HTML("<dt>Reason</dt><dd>\(Writing.words(order.endReason))</dd>")
        let incidents = (instance?.incidents ?? []).map { incident in
            HTML("<dt>Incident</dt><dd><span class=\"pill bad\">\(incident.elementID)</span> \(incident.message)</dd>")
        }
        let link = "\(publicURL)/track/\(order.trackingToken.text)"
        return HTML(
            """
            <section id="facts" data-live aria-labelledby="facts-title"><h2 id="facts-title">State</h2>
            <dl class="facts"><dt>Order</dt><dd>\(Writing.pill(order.state.name))\(late)</dd>
            <dt>Fulfillment</dt><dd>\(Writing.pill(order.fulfillmentStatus.rawValue))</dd>
            <dt>Payment</dt><dd>\(Writing.pill(order.paymentStatus.rawValue))</dd>
            <dt>Return</dt><dd>\(Writing.pill(order.returnStatus.rawValue))</dd>\(reason)\(incidents)
            <dt>Id</dt><dd class="mono">\(order.id.text)</dd><dt>Customer</dt><dd>\(order.customer)</dd>
            <dt>Country</dt><dd>\(order.destination.country)</dd><dt>Placed</dt><dd>\(Writing.time(order.placedAt))</dd>
            <dt>Tracking page</dt><dd><a href="/track/\(order.trackingToken.text)">\(link)</a></dd></dl></section>
            """)
    }

    private var money: HTML {
        let payment = order.payment
        let rows = [
            ("Due", payment.due), ("Authorized", payment.authorized), ("Captured", payment.captured),
            ("Refunded", payment.refunded), ("Voided", payment.voided),
        ].map { name, amount in
            HTML("<tr><th scope=\"row\">\(name)</th><td class=\"n mono\">\(order.money(amount).description)</td></tr>")
        }
        return HTML(
            """
            <section id="money" data-live aria-labelledby="money-title"><h2 id="money-title">Money</h2>
            <table><tbody>\(rows)</tbody></table></section>
            """)
    }

    private var diagram: HTML {
        guard let instance else { return .empty }
        let overlay = DiagramDrawing.Overlay(
            tokens: Set(instance.tokens.keys), completed: Set(instance.completedElements))
        let caption = instance.isEnded ? "The order's way through the process" : "Where the order stands in the process"
        return DiagramMarkup.figure(of: instance.model.source, caption: caption, overlay)
    }

    private var lines: HTML {
        let rows = view.lines.map { line in
            HTML(
                """
                <tr><th scope="row">\(line.label)</th><td class="n">\(line.quantity)</td>\
                <td class="n mono">\(order.money(line.unitPrice).description)</td>\
                <td class="n mono">\(order.money(line.allocated).description)</td></tr>
                """)
        }
        return HTML(
            """
            <section aria-labelledby="lines-title"><h2 id="lines-title">Lines</h2><div class="scroll"><table>
            <thead><tr><th scope="col">Item</th><th scope="col" class="n">Quantity</th>
            <th scope="col" class="n">Unit price</th><th scope="col" class="n">To pay</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """)
    }

    private var parcels: HTML {
        let rows = order.fulfillments.map { fulfillment in
            let floor = work.first { $0.fulfillment.id == fulfillment.id }
            let shipment = shipments.first { $0.shipment.fulfillmentID == fulfillment.id }
            let packages = (floor?.packages ?? []).map { package in
                HTML("<div class=\"mono\">\(package.sscc.digits)</div>")
            }
            let expected = shipment?.expectedAt.map { HTML("<div class=\"soft\">expected \(Writing.time($0))</div>") }
            return HTML(
                """
                <tr><th scope="row" class="mono">\(fulfillment.id.text)</th><td>\(floor?.warehouseCode ?? "")</td>\
                <td class="n">\(fulfillment.units.reduce(0) { $0 + $1.count })</td>\
                <td>\(Writing.pill(fulfillment.status.name))</td><td>\(packages)</td>\
                <td>\(shipment?.carrierName ?? "")<div class="mono">\(shipment?.shipment.trackingNumber ?? "")</div></td>\
                <td>\(shipment.map { Writing.pill($0.shipment.status.name) })\(expected)</td></tr>
                """)
        }
        let none = rows.isEmpty ? HTML("<tr><td colspan=\"7\">Nothing is planned yet.</td></tr>") : HTML.empty
        return HTML(
            """
            <section id="parcels" data-live aria-labelledby="parcels-title"><h2 id="parcels-title">Parcels</h2>
            <div class="scroll"><table><thead><tr><th scope="col">Fulfillment order</th><th scope="col">Warehouse</th>
            <th scope="col" class="n">Units</th><th scope="col">Work</th><th scope="col">SSCC</th>
            <th scope="col">Carrier and tracking number</th><th scope="col">Journey</th></tr></thead>
            <tbody>\(rows)\(none)</tbody></table></div></section>
            """)
    }

    private var timeline: HTML {
        let items = history.map { envelope in
            let facts = EventFacts.line(envelope.event)
            let detail = facts.isEmpty ? HTML.empty : HTML("<div>\(facts)</div>")
            return HTML(
                """
                <li class="\(envelope.topic.rawValue)"><strong>\(Writing.sentence(envelope.event.type))</strong> \
                <span class="soft">\(envelope.topic.rawValue) · \(Writing.time(envelope.recordedAt))</span>\(detail)</li>
                """)
        }
        return HTML(
            """
            <section id="timeline" data-live aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
            <ol class="story">\(items)</ol></section>
            """)
    }
}

/// What an event says beside its type, in one line.
enum EventFacts {
    /// Words, numbers and amounts of the event itself; ids and what is nested deeper stay in the API.
    static func line(_ event: Event) -> String {
        // Its own writing is always JSON; were it not, the event's type still tells what happened.
        guard let members = (try? JSONValue(parsing: event.json))?.object else { return "" }
        return members.compactMap { member in
            text(member.value).map { "\(Writing.words(member.name)): \($0)" }
        }.joined(separator: " · ")
    }

    private static func text(_ value: JSONValue) -> String? {
        if let amount = value["amount"]?.integer, let currency = value["currency"]?.string.flatMap({ Currency($0) }) {
            return Money(amount, currency).description
        }
        if let text = value.string { return text.isEmpty || isID(text) ? nil : text }
        return value.integer.map(String.init)
    }

    /// Three letters, an underscore and 13 digits in base 32, as ``Kernel/EntityID`` writes them.
    private static func isID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 17 && bytes[3] == UInt8(ascii: "_") && OrderID(text: "ord" + text.dropFirst(3)) != nil
    }
}
