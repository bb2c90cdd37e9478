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
        let work = try await services.warehouse.readIfHere { database throws(Fault) in
            (
                fulfillments: try WarehouseQueries(database).fulfillments(of: id),
                history: try LogTable.history(.warehouse, database, key: id.rawValue)
            )
        }
        let queries = services.shippingQueries
        let journey = try await services.shipping.readIfHere { database throws(Fault) in
            (
                shipments: try queries.shipments(of: id, database),
                history: try LogTable.history(.shipping, database, key: id.rawValue)
            )
        }
        return OrderPage(
            view: view, instance: own.instance, work: work?.fulfillments ?? [], shipments: journey?.shipments ?? [],
            history: Timeline.merge([own.history, work?.history ?? [], journey?.history ?? []]),
            publicURL: services.publicURL,
            now: services.clock.now
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
    let now: Instant

    private var order: Order { view.order }

    var page: Page {
        Page(
            title: "Order \(order.number ?? order.id.text)", area: .overview, order: order.id.text,
            content: HTML(
                """
                <h1>Order \(order.number ?? order.id.text)</h1>
                <div class="grid">\(facts)\(money)</div>\(diagram)\(parcels)\(returns)\(timeline)\(lines)
                """))
    }

    private var facts: HTML {
        let late = order.isInJeopardy ? HTML(" <span class=\"pill bad\">late</span>") : HTML.empty
        return HTML(
            """
            <section id="facts" data-live aria-labelledby="facts-title"><h2 id="facts-title">State</h2>
            <dl class="facts"><dt>Order</dt><dd>\(Writing.pill(order.state.name))\(late)</dd>
            <dt>Fulfillment</dt><dd>\(Writing.pill(order.fulfillmentStatus.rawValue))</dd>
            <dt>Payment</dt><dd>\(Writing.pill(order.paymentStatus.rawValue))</dd>\(exceptions)
            <dt>Placed</dt><dd>\(Writing.time(order.placedAt, now: now))</dd>
            <dt>Customer</dt><dd>\(order.customer)</dd><dt>Country</dt><dd>\(order.destination.country)</dd>
            <dt>Id</dt><dd class="mono">\(order.id.text)</dd><dt>For the customer</dt><dd>\(trackingLink)</dd></dl></section>
            """)
    }

    /// What most orders do not have.
    private var exceptions: HTML {
        var list = HTML.empty
        if order.returnStatus != .none {
            list += HTML("<dt>Return</dt><dd>\(Writing.pill(order.returnStatus.rawValue))</dd>")
        }
        if !order.endReason.isEmpty { list += HTML("<dt>Reason</dt><dd>\(Writing.words(order.endReason))</dd>") }
        guard let instance else { return list }
        let steps = ProcessSteps(model: instance.model.source)
        for incident in instance.incidents {
            let step = steps.name(incident.elementID)
            list += HTML("<dt>Incident</dt><dd><span class=\"pill bad\">\(step)</span> \(incident.message)</dd>")
        }
        return list
    }

    private var trackingLink: HTML {
        let path = "/track/\(order.trackingToken.text)"
        return HTML("<a href=\"\(path)\" title=\"\(publicURL)\(path)\">tracking page</a>")
    }

    private var money: HTML {
        let payment = order.payment
        let rows = [
            ("Due", payment.due), ("Authorized", payment.authorized), ("Captured", payment.captured),
            ("Refunded", payment.refunded), ("Voided", payment.voided),
        ].map { name, amount in
            let tone = amount == 0 ? " zero" : ""
            return HTML(
                """
                <tr><th scope="row">\(name)</th><td class="n mono\(tone)">\(order.money(amount).description)</td></tr>
                """)
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
        return DiagramMarkup.figure(of: instance.model.source, caption: caption, tokens: instance.tokens, overlay)
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
            let expected = shipment?.expectedAt.map {
                HTML("<div class=\"soft\">expected \(Writing.time($0, now: now))</div>")
            }
            return HTML(
                """
                <tr><th scope="row">\(floor?.warehouseCode ?? "")</th>\
                <td class="n">\(fulfillment.units.reduce(0) { $0 + $1.count })</td>\
                <td>\(Writing.pill(fulfillment.status.name))</td>\
                <td>\(shipment.map { Writing.pill($0.shipment.status.name) })\(expected)</td>\
                <td>\(shipment?.carrierName ?? "")<div class="mono">\(shipment?.shipment.trackingNumber ?? "")</div></td>\
                <td>\(packages)</td><td class="mono soft">\(fulfillment.id.text)</td></tr>
                """)
        }
        let table = HTML(
            """
            <div class="scroll"><table><thead><tr><th scope="col">Warehouse</th><th scope="col" class="n">Units</th>
            <th scope="col">Work</th><th scope="col">Journey</th><th scope="col">Carrier and tracking number</th>
            <th scope="col">SSCC</th><th scope="col">Fulfillment order</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """)
        return HTML(
            """
            <section id="parcels" data-live aria-labelledby="parcels-title"><h2 id="parcels-title">Parcels</h2>
            \(rows.isEmpty ? HTML("<p class=\"soft\">No warehouse has been asked yet.</p>") : table)</section>
            """)
    }

    private var returns: HTML {
        guard !order.returns.isEmpty else { return .empty }
        let rows = view.returns.map { entry in
            let units = entry.customerReturn.units.reduce(0) { $0 + $1.count }
            return HTML(
                """
                <tr><th scope="row" class="mono">\(entry.customerReturn.id.text)</th><td class="n">\(units)</td>\
                <td>\(Writing.pill(entry.customerReturn.status.name))</td>\
                <td class="n mono">\(entry.refunded.description)</td>\
                <td>\(entry.customerReturn.reason)<div class="soft">\(entry.customerReturn.refundRefusal)</div></td></tr>
                """)
        }
        return HTML(
            """
            <section id="returns" data-live aria-labelledby="returns-title"><h2 id="returns-title">Returns</h2>
            <div class="scroll"><table><thead><tr><th scope="col">Return</th><th scope="col" class="n">Units</th>
            <th scope="col">State</th><th scope="col" class="n">Refunded</th><th scope="col">Reason</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """)
    }

    private var timeline: HTML {
        let items = history.map { envelope in
            let facts = EventFacts.line(envelope.event)
            let detail = facts.isEmpty ? HTML.empty : HTML("<div>\(facts)</div>")
            return HTML(
                """
                <li class="\(envelope.topic.rawValue)"><strong>\(Writing.sentence(envelope.event.type))</strong> \
                <span class="soft">\(envelope.topic.rawValue) · \(Writing.time(envelope.recordedAt, now: now))</span>\
                \(detail)</li>
                """)
        }
        return HTML(
            """
            <section id="timeline" data-live aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
            <ol class="story">\(items)</ol></section>
            """)
    }
}
