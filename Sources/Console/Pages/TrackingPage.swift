import Kernel
import Orders
import OrdersService
import Ports
import Shipping
import ShippingService

extension ConsoleRoutes {
    /// The same answer for a token that is malformed and for one that shows nothing: neither helps to guess.
    func tracking(_ text: String) async throws(Fault) -> Page {
        let missing = Page.problem(
            .notFound, "Nothing to track here", "Please check the link in your mail.", area: .customer)
        guard let token = TrackingToken(text: text) else { return missing }
        let order = try await services.orders.read { database throws(Fault) in
            try OrdersQueries.order(tracking: token, database)
        }
        guard let order = order?.order else { return missing }
        let queries = services.shippingQueries
        let id = order.id
        // Without Shipping in this process the page shows the order, and no parcels.
        let parcels = try await services.shipping.readIfHere { database throws(Fault) in
            var parcels: [TrackingPage.Parcel] = []
            for shipment in try queries.shipments(of: id, database) {
                let entries = try queries.timeline(of: shipment.shipment.id, database)
                parcels.append(TrackingPage.Parcel(shipment: shipment, events: entries.map(\.event)))
            }
            return parcels
        }
        return TrackingPage(order: order, parcels: parcels ?? [], now: services.clock.now).page
    }
}

/// Where a customer's parcels are. No price, no name, no address, no exact place, no id of ours: whoever got hold of
/// the link learns where the parcels are and nothing else.
struct TrackingPage {
    struct Parcel: Sendable {
        let shipment: ShipmentView
        /// In order of occurrence.
        let events: [TrackingEvent]
    }

    let order: Order
    let parcels: [Parcel]
    let now: Instant

    var page: Page {
        let title = order.number.map { "Your order \($0)" } ?? "Your order"
        let placed = Writing.time(order.placedAt, now: now)
        return Page(
            title: title, area: .customer,
            content: HTML(
                """
                <h1>\(title)</h1><div id="parcels" data-live><p class="big">\(summary)</p>
                <p class="soft">Ordered \(placed)</p>\(sections)</div>
                """))
    }

    private var summary: String {
        switch order.state {
        case .rejected: return "We could not accept this order."
        case .cancelled: return "This order was cancelled."
        case .placed: return "We are checking your order."
        case .completed, .confirmed, .fulfilling: break
        }
        if parcels.isEmpty {
            return order.isInJeopardy ? "We are packing, a little late." : "We are packing your order."
        }
        let delivered = parcels.filter { $0.shipment.shipment.status == .delivered }.count
        if delivered == parcels.count { return "Everything has been delivered." }
        if parcels.count == 1 { return "Your parcel \(ParcelProgress.sentence(parcels[0].shipment.shipment.status))." }
        return "\(delivered) of \(parcels.count) parcels have been delivered."
    }

    private var sections: [HTML] {
        parcels.enumerated().map { index, parcel in
            let shipment = parcel.shipment.shipment
            let name = parcels.count == 1 ? "Your parcel" : "Parcel \(index + 1)"
            let carrier = shipment.carrier.isEmpty ? "" : parcel.shipment.carrierName
            let expected = shipment.status.isFinal ? nil : parcel.shipment.expectedAt
            let day = expected.map { HTML("<p>Expected on <strong>\($0.rfc3339.prefix(10))</strong></p>") }
            let number = shipment.trackingNumber.map { number in
                HTML("<p class=\"soft\">\(carrier) <span class=\"mono\">\(number)</span></p>")
            }
            return HTML(
                """
                <section aria-labelledby="parcel-\(index + 1)"><h2 id="parcel-\(index + 1)">\(name) \
                \(Writing.pill(shipment.status.name))</h2>\(ParcelProgress.bar(shipment.status))\(day)\(number)
                <ol class="story">\(parcel.events.reversed().map(item))</ol></section>
                """)
        }
    }

    private func item(_ event: TrackingEvent) -> HTML {
        let reason = event.reason.map { HTML("<div class=\"soft\">\(Writing.words($0))</div>") }
        return HTML(
            """
            <li class="shipping"><strong>\(Writing.words(event.status.name))</strong> \
            <span class="soft">\(Writing.time(event.occurredAt, now: now))</span>\(reason)</li>
            """)
    }
}
