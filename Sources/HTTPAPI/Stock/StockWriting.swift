import Kernel
import Warehouse
import WarehouseService

/// Warehouse's things as JSON.
extension JSONWriter {
    /// The counts of one product in one warehouse.
    mutating func write(_ stock: Stock, sku: String?, actions: [String]? = nil) {
        member("product_id", stock.key.productID)
        if let sku { member("sku", sku) }
        member("warehouse_id", stock.key.warehouseID)
        member("on_hand", stock.onHand)
        member("held", stock.held)
        member("allocated", stock.allocated)
        member("picked", stock.picked)
        member("unavailable") { json in
            json.member("damaged", stock.damaged)
            json.member("quality_control", stock.qualityControl)
            json.member("quarantined", stock.quarantined)
            json.member("safety", stock.safety)
        }
        member("incoming", stock.incoming)
        member("available", stock.available)
        member("allowed_actions", array: actions ?? ["receive", "adjust", "transfer"]) { $0.string($1) }
    }

    mutating func write(_ view: StockView) {
        write(view.stock, sku: view.sku, actions: view.allowedActions)
        member("name", view.productName)
    }

    mutating func write(_ site: WarehouseSite) {
        member("id", site.id)
        member("code", site.code)
        if let gln = site.gln { member("gln", gln.digits) }
        member("name", site.name)
        member("country", site.country)
        member("place", site.place)
    }

    mutating func write(_ hold: Hold) {
        member("id", hold.id)
        member("cart", hold.cart)
        member("status", hold.status.name)
        member("created_at", hold.createdAt)
        member("expires_at", hold.expiresAt)
        if let orderID = hold.orderID { member("order_id", orderID) }
        member("lines", array: hold.lines) { json, line in
            json.object { json in
                json.member("product_id", line.key.productID)
                json.member("warehouse_id", line.key.warehouseID)
                json.member("quantity", line.quantity)
            }
        }
        member("allowed_actions", array: hold.allowedActions) { $0.string($1) }
    }

    mutating func write(_ task: WorkTask) {
        member("id", task.id)
        member("kind", task.kind.name)
        member("status", task.status.name)
        member("fulfillment_id", task.fulfillmentID)
        member("order_id", task.orderID)
        member("warehouse_id", task.warehouseID)
        if let worker = task.worker { member("worker", worker) }
        if let reason = task.reason { member("reason", reason) }
        member("since", task.since)
        member("allowed_actions", array: task.allowedActions) { $0.string(TaskAction.name(of: $1)) }
    }

    mutating func write(_ receipt: HandoverReceipt) {
        member("fulfillment_id", receipt.fulfillmentID)
        member("order_id", receipt.orderID)
        member("handed_over_at", receipt.handedOverAt)
    }

    mutating func write(_ entry: LedgerEntry) {
        member("product_id", entry.key.productID)
        member("warehouse_id", entry.key.warehouseID)
        member("number", entry.number)
        member("kind", entry.kind.name)
        member("counter", entry.counter.name)
        member("quantity", entry.quantity)
        switch entry.document {
        case .fulfillment(let id): member("document", id)
        case .hold(let id): member("document", id)
        case .reference(let reference): member("document", reference)
        }
        if let actor = entry.actor { member("actor", actor) }
        if let reverses = entry.reverses { member("reverses", reverses) }
        member("occurred_at", entry.occurredAt)
    }
}
