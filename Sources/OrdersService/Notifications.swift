import Kernel
import Orders
import Ports

/// Telling customers and shops what became of an order, each status once.
extension OrdersBatch {
    /// - Parameter index: the fulfillment that it is about; `nil` for the order as a whole.
    func notify(_ saga: OrderSaga, _ status: CustomerStatus, _ index: Int? = nil) throws(Fault) {
        guard options.notifications.concerns(status) else { return }
        let marks = index.map { saga.order.fulfillments[$0].notified } ?? saga.order.notified
        guard marks & status.bit == 0 else { return }
        if let index {
            saga.order.fulfillments[index].notified |= status.bit
        } else {
            saga.order.notified |= status.bit
        }
        let fulfillment = index.map { saga.order.fulfillments[$0] }
        notifications.append([
            .id(saga.id), .integer(fulfillment?.id.rawValue ?? 0), .integer(status.rawValue), .instant(now),
        ])
        mail(saga, status, fulfillment)
        try post(saga, status, fulfillment)
    }

    private func mail(_ saga: OrderSaga, _ status: CustomerStatus, _ fulfillment: OrderFulfillment?) {
        guard saga.order.hasEmail, options.notifications.mailed.contains(status) else { return }
        var facts = ["tracking_token": saga.order.trackingToken.text]
        if let number = saga.order.number { facts["number"] = number }
        if let shipment = fulfillment?.shipment {
            facts["carrier"] = shipment.carrier
            facts["tracking_number"] = shipment.trackingNumber
        }
        if status == .unitsCancelled { facts["units"] = String(saga.order.cancelledUnits.unitCount) }
        if !saga.order.endReason.isEmpty { facts["reason"] = saga.order.endReason }
        let subject = fulfillment?.id.rawValue ?? saga.id.rawValue
        // An order and a fulfillment may have the same number: the sequence keeps them apart.
        let sequence = status.rawValue * 2 + (fulfillment == nil ? 0 : 1)
        saga.perform(.sendMail, subject, sequence, .sendMail(orderID: saga.id, template: status.name, facts: facts))
    }

    private func post(_ saga: OrderSaga, _ status: CustomerStatus, _ fulfillment: OrderFulfillment?) throws(Fault) {
        guard options.notifications.posted.contains(status) else { return }
        let endpoints = try activeEndpoints().filter { $0.takes(status.name) }
        guard !endpoints.isEmpty else { return }
        let body = Self.body(saga.order, status, fulfillment, now: now)
        for endpoint in endpoints {
            let id = ids.next(EndpointKind.self, now: now).rawValue
            deliver(
                WebhookDelivery(
                    id: id, endpointID: endpoint.id, messageID: WebhookDelivery.messageID(id), type: status.name,
                    body: body, status: .pending, attempts: 0, detail: nil, createdAt: now, endedAt: nil),
                entity: saga.id.rawValue)
        }
    }

    /// Ids and facts, no personal data: the shop knows its customer.
    private static func body(
        _ order: Order, _ status: CustomerStatus, _ fulfillment: OrderFulfillment?, now: Instant
    ) -> String {
        var json = JSONWriter(reserving: 256)
        json.object { json in
            json.member("type", status.name)
            json.member("timestamp", now)
            json.member("data") { json in
                json.member("order", order.id)
                if let number = order.number { json.member("number", number) }
                json.member("state", order.state.name)
                if let fulfillment {
                    json.member("fulfillment", fulfillment.id)
                    if let shipment = fulfillment.shipment {
                        json.member("shipment", shipment.id)
                        json.member("status", shipment.status.name)
                        json.member("carrier", shipment.carrier)
                        json.member("tracking_number", shipment.trackingNumber)
                        if shipment.attempts > 0 { json.member("attempts", shipment.attempts) }
                    }
                }
            }
        }
        return json.text
    }
}
