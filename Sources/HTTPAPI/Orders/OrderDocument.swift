import Contracts
import Kernel
import Orders
import OrdersService

/// An order as callers see it: what is stored, what is derived, and what may be done.
public enum OrderDocument {
    /// The document of one order; `nil` when there is none.
    ///
    /// Whoever waited for a reservation was told of it when it was durable in Warehouse: nobody who asks later gets to
    /// see less, even if Orders has not noted it yet.
    static func read(_ id: OrderID, _ services: APIServices) async throws(Problem) -> [UInt8]? {
        let view = try await services.orders.reads.ask { database throws(Fault) in
            guard let view = try OrdersQueries.order(id, database) else { return nil as OrderView? }
            guard let (reserved, time) = services.orderWatch.unnotedReservation(of: id) else { return view }
            return try view.noting(reserved, at: time)
        }
        return view.map { write($0, publicURL: services.configuration.publicURL) }
    }

    public static func write(_ view: OrderView, publicURL: String) -> [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            summary(view.order, &json, publicURL)
            details(view, &json)
        }
        return json.bytes
    }

    /// The members that lists have too.
    public static func summary(_ order: Order, _ json: inout JSONWriter, _ publicURL: String) {
        json.member("id", order.id)
        if let number = order.number { json.member("number", number) }
        json.member("customer", order.customer)
        json.member("status", order.state.name)
        json.member("reservation", reservation(order))
        json.member("payment_status", order.paymentStatus.rawValue)
        json.member("fulfillment_status", order.fulfillmentStatus.rawValue)
        json.member("return_status", order.returnStatus.rawValue)
        json.member("cancellation", order.cancellation.status.name)
        if !order.endReason.isEmpty { json.member("reason", order.endReason) }
        json.member("is_late", order.isInJeopardy)
        json.member("total", order.total)
        json.member("placed_at", order.placedAt)
        json.member("updated_at", order.updatedAt)
        json.member("tracking_url", trackingURL(order.trackingToken, publicURL))
        json.member("allowed_actions", array: order.allowedActions) { $0.string($1.rawValue) }
    }

    static func trackingURL(_ token: TrackingToken, _ publicURL: String) -> String {
        "\(publicURL)/track/\(token.text)"
    }

    /// Whether stock is reserved: what `Prefer: wait` waits for.
    static func reservation(_ order: Order) -> String {
        if !order.hasGoods { return "none" }
        if !order.fulfillments.isEmpty { return "reserved" }
        if !order.shortages.isEmpty { return "rejected" }
        return order.state.isTerminal ? "none" : "pending"
    }

    private static func details(_ view: OrderView, _ json: inout JSONWriter) {
        let order = view.order
        json.member("payment") { json in
            json.member("authorized", order.money(order.payment.authorized))
            json.member("captured", order.money(order.payment.captured))
            json.member("refunded", order.money(order.payment.refunded))
            json.member("voided", order.money(order.payment.voided))
        }
        json.member("destination", object: { order.destination.write(&$0) })
        if let holdID = order.holdID { json.member("hold_id", holdID) }
        json.member("lines", array: view.lines) { json, line in json.object { write(line, order, &$0) } }
        if !order.shortages.isEmpty {
            json.member("shortages", array: order.shortages) { json, shortage in
                json.object { json in
                    json.member("line", shortage.line)
                    json.member("product_id", shortage.productID)
                    json.member("requested", shortage.requested)
                    json.member("available", shortage.available)
                }
            }
        }
        json.member("cancelled_units", array: order.cancelledUnits) { json, units in json.object { units.write(&$0) } }
        json.member("fulfillments", array: order.fulfillments) { json, fulfillment in
            json.object { write(fulfillment, order, &$0) }
        }
        json.member("returns", array: view.returns) { json, element in json.object { $0.write(element) } }
    }

    private static func write(_ line: OrderLine, _ order: Order, _ json: inout JSONWriter) {
        json.member("line", line.number)
        switch line.item {
        case .goods(let productID, let sku):
            json.member("sku", sku.text)
            json.member("product_id", productID)
        case .charge(let label): json.member("label", label)
        }
        json.member("quantity", line.quantity)
        json.member("unit_price", order.money(line.unitPrice))
        json.member("total", order.money(line.allocated))
    }

    private static func write(_ fulfillment: OrderFulfillment, _ order: Order, _ json: inout JSONWriter) {
        json.member("id", fulfillment.id)
        json.member("warehouse_id", fulfillment.warehouseID)
        if let parentID = fulfillment.parentID { json.member("parent_id", parentID) }
        json.member("status", fulfillment.status.name)
        json.member("units", array: fulfillment.units) { json, units in json.object { units.write(&$0) } }
        json.member("value", order.money(fulfillment.value))
        json.member("captured", order.money(fulfillment.captured))
        json.member("refunded", order.money(fulfillment.refunded))
        json.member("packages", array: fulfillment.packages) { json, package in
            json.object { json in
                json.member("id", package.packageID)
                json.member("sscc", package.sscc)
                json.member("weight_grams", package.weightGrams)
            }
        }
        if let shipment = fulfillment.shipment {
            json.member("shipment") { json in
                json.member("id", shipment.id)
                json.member("carrier", shipment.carrier)
                json.member("tracking_number", shipment.trackingNumber)
                json.member("status", shipment.status.name)
                json.member("failed_attempts", shipment.attempts)
            }
        }
        json.member("is_restocked", fulfillment.isRestocked)
        json.member("updated_at", fulfillment.updatedAt)
    }
}
