import BPMN
import Kernel
import Orders
import Ports
import Runtime

/// Everything that a batch changed, with one statement per table.
extension OrdersBatch {
    func save() throws(Fault) {
        try saveProducts()
        try savePlaced()
        try saveOrders()
        try saveFulfillments()
        try saveReturns()
        try saveInstances()
        try database.executeLater(
            """
            INSERT INTO notifications (order_id, fulfillment_id, status, notified_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (order_id, fulfillment_id, status) DO NOTHING
            """, notifications)
        try saveWebhooks()
        for saga in sequence { logic.running.keep(saga.forNextBatch, for: saga.id.rawValue) }
    }

    private func savePlaced() throws(Fault) {
        guard !placed.isEmpty else { return }
        var lines: [[SQLValue]] = []
        var recipients: [[SQLValue]] = []
        for placed in placed {
            for line in placed.lines { lines.append(LineRow.insertion(line, of: placed.order.id)) }
            let person = placed.addressee
            recipients.append([
                .id(placed.order.id), .text(person.name), .text(person.street), .text(person.city),
                .text(person.postalCode), .text(person.country), .text(person.email),
            ])
        }
        try database.executeLater(LineRow.insert, lines)
        try database.executeLater(
            """
            INSERT INTO recipients (order_id, name, street, city, postal_code, country, email)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, recipients)
    }

    private func saveOrders() throws(Fault) {
        var inserted: [[SQLValue]] = []
        var updated: [[SQLValue]] = []
        for saga in sequence {
            guard let loaded = saga.loaded else {
                inserted.append(OrderRow.insertion(saga.order))
                continue
            }
            if !OrderRow.isSame(loaded, saga.order) { updated.append(OrderRow.change(saga.order)) }
        }
        try database.executeLater(OrderRow.insert, inserted)
        try database.executeLater(OrderRow.update, updated)
    }

    private func saveFulfillments() throws(Fault) {
        var inserted: [[SQLValue]] = []
        var updated: [[SQLValue]] = []
        for saga in sequence {
            let known = saga.loaded?.fulfillments ?? []
            for (place, fulfillment) in saga.order.fulfillments.enumerated() {
                if place >= known.count {
                    inserted.append(FulfillmentRow.insertion(fulfillment, of: saga.id, place: place))
                } else if known[place] != fulfillment {
                    updated.append(FulfillmentRow.change(fulfillment, of: saga.id, place: place))
                }
            }
        }
        try database.executeLater(FulfillmentRow.insert, inserted)
        try database.executeLater(FulfillmentRow.update, updated)
    }

    private func saveReturns() throws(Fault) {
        var inserted: [[SQLValue]] = []
        var updated: [[SQLValue]] = []
        for saga in sequence where !saga.order.returns.isEmpty {
            let known = saga.loaded?.returns ?? []
            for (place, customerReturn) in saga.order.returns.enumerated() {
                if place >= known.count {
                    inserted.append(ReturnRow.insertion(customerReturn, of: saga.id))
                } else if known[place] != customerReturn {
                    updated.append(ReturnRow.change(customerReturn))
                }
            }
        }
        try database.executeLater(ReturnRow.insert, inserted)
        try database.executeLater(ReturnRow.update, updated)
    }

    private func saveInstances() throws(Fault) {
        var inserted: [[SQLValue]] = []
        var updated: [[SQLValue]] = []
        for saga in sequence where saga.instanceChanged {
            let instance = try saga.instance
            let values: [SQLValue] = [
                .id(saga.id), .integer(try saga.version), .bool(instance.isEnded),
                .int(instance.incidents.count), .blob(instance.encoded()),
                instance.isEnded ? .instant(now + logic.options.finishedProcessesKept) : .null,
            ]
            if saga.loaded == nil { inserted.append(values) } else { updated.append(values) }
            saveTimer(of: saga, instance)
        }
        try database.executeLater(
            """
            INSERT INTO process_instances (order_id, version, ended, incidents, state, remove_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            inserted)
        try database.executeLater(
            """
            UPDATE process_instances SET version = $2, ended = $3, incidents = $4, state = $5, remove_at = $6
            WHERE order_id = $1
            """,
            updated)
    }

    private func saveTimer(of saga: OrderSaga, _ instance: ProcessInstance) {
        let due = instance.nextDueAt
        let key = TimerKey(kind: OrdersLogic.processTimer, subject: saga.id.rawValue)
        if let due {
            // A timer that fired is gone: one that is due again, or still, is set anew.
            if due != saga.dueBefore || due <= now { outbox.setTimer(key, dueAt: due) }
        } else if saga.dueBefore != nil {
            outbox.cancelTimer(key)
        }
    }
}
