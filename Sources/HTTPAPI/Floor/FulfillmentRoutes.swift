import Kernel
import Warehouse
import WarehouseService

/// Fulfillment orders: one warehouse's share of an order each.
enum FulfillmentRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/fulfillments/{id}", .scope(.ordersRead)) { call async throws(Problem) in
                try await get(call, services)
            }
        ]
    }

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", FulfillmentKind.self, "fulfillment order")
        let view = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).fulfillment(id)
        }
        guard let view else { throw .notFound("fulfillment order") }
        return .object { $0.write(view) }
    }
}

extension JSONWriter {
    mutating func write(_ view: FulfillmentView) {
        let fulfillment = view.fulfillment
        member("id", fulfillment.id)
        member("order_id", fulfillment.orderID)
        member("warehouse_id", fulfillment.warehouseID)
        member("warehouse_code", view.warehouseCode)
        member("status", view.status)
        member("step", fulfillment.step.name)
        member("created_at", fulfillment.createdAt)
        member("lines", array: view.lines) { json, line in
            json.object { json in
                json.member("line", line.allocation.line)
                json.member("product_id", line.allocation.productID)
                json.member("sku", line.sku)
                json.member("name", line.productName)
                json.member("first", line.allocation.first)
                json.member("quantity", line.allocation.quantity)
            }
        }
        member("tasks", array: view.tasks) { json, task in json.object { $0.write(task) } }
        member("packages", array: view.packages) { json, package in
            json.object { json in
                json.member("id", package.id)
                json.member("sscc", package.sscc.digits)
                json.member("weight_grams", package.weightGrams)
                json.member("status", view.packageStatus)
            }
        }
        if let shipmentID = view.shipmentID { member("shipment_id", shipmentID) }
        if let carrier = view.carrier { member("carrier", carrier) }
        if let trackingNumber = view.trackingNumber { member("tracking_number", trackingNumber) }
        member("allowed_actions", array: view.allowedActions) { $0.string(TaskAction.name(of: $1)) }
    }
}
