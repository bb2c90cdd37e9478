import BPMN
import Kernel
import Orders

/// A person repaired what stopped a process: it tries again at that place.
public struct ResolveIncident: Sendable, Equatable {
    public let orderID: OrderID
    public let incident: IncidentKey

    public init(orderID: OrderID, incident: IncidentKey) {
        self.orderID = orderID
        self.incident = incident
    }
}

extension OrdersBatch {
    func resolveIncident(_ command: ResolveIncident, _ slot: Int) throws(Fault) {
        guard let saga = sagas[command.orderID.rawValue] else {
            return outbox.reject(slot, OrdersRejection.orderNotFound)
        }
        guard try saga.instance.incidents.contains(where: { $0.key == command.incident }) else {
            return outbox.reject(slot, OrdersRejection.incidentNotFound)
        }
        saga.order.retries += 1
        saga.order.updatedAt = now
        try saga.apply(.resolveIncident(command.incident))
        try saga.tellProcess()
        outbox.reply(slot, .order(OrderReceipt(saga.order)))
    }
}
