import Kernel
import Shipping
import ShippingService
import Warehouse
import WarehouseService

/// Shipments and carriers.
enum ShipmentRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/shipments", .scope(.shippingRead)) { call async throws(Problem) in
                try await list(call, services)
            },
            .get("/v1/shipments/{id}", .scope(.shippingRead)) { call async throws(Problem) in
                try await get(call, services)
            },
            .post("/v1/shipments/{id}/void", .scope(.shippingWrite)) { call async throws(Problem) in
                try await void(call, services)
            },
            .get("/v1/carriers", .scope(.shippingRead)) { call async throws(Problem) in
                try await carriers(call, services)
            },
        ]
    }

    /// All shipments, or those of one order, or those that ever had a carrier's number.
    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        let status = query.parsed("status", "one of \(statusNames)") { ShipmentStatus(name: $0) }
        let orderID = query.id("order_id", OrderKind.self)
        let carrier = query.text("carrier")
        let number = query.text("tracking_number")
        if carrier != nil { query.require("tracking_number", number) }
        if number != nil { query.require("carrier", carrier) }
        try query.finish()
        let queries = services.shippingQueries
        let views = try await services.shipping.reads.ask { database throws(Fault) in
            if let orderID { return try queries.shipments(of: orderID, database) }
            if let carrier, let number {
                return try queries.shipments(carrier: carrier, trackingNumber: number, database)
            }
            return try queries.list(status: status, after: page.afterID(), limit: page.limit, database)
        }
        if orderID != nil || number != nil {
            return .object { json in
                json.member("data", array: views) { json, view in json.object { $0.write(view) } }
            }
        }
        return .list(views, page, call: call, key: { [$0.shipment.id.rawValue] }, { $0.write($1) })
    }

    private static let statusNames = ShipmentStatus.allCases.map(\.name).joined(separator: ", ")

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ShipmentKind.self, "shipment")
        let queries = services.shippingQueries
        let found = try await services.shipping.reads.ask { database throws(Fault) in
            (try queries.shipment(id, database), try queries.timeline(of: id, database))
        }
        guard let view = found.0 else { throw .notFound("shipment") }
        return .object { json in
            json.write(view)
            json.member("events", array: found.1) { json, entry in json.object { $0.write(entry) } }
        }
    }

    /// Stops a shipment before its handover. Warehouse has the word, since it alone knows what was handed over: it
    /// stops the fulfillment order, Shipping then voids the label at the carrier, and Orders cancels the units.
    private static func void(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ShipmentKind.self, "shipment")
        let body = try call.object()
        let reason = body.string("reason", required: false, length: 1...200)
        body.finish()
        guard body.isValid else { throw body.problem }
        let queries = services.shippingQueries
        let found = try await services.shipping.reads.ask { database throws(Fault) in
            try queries.shipment(id, database)
        }
        guard let view = found else { throw .notFound("shipment") }
        let shipment = view.shipment
        let command = StopFulfillment(fulfillmentID: shipment.fulfillmentID, reason: reason ?? "shipment_voided")
        return try await call.perform(
            .stopFulfillment(command), by: services.warehouse.mailbox,
            audit: Audited(
                "void_shipment", id.text, reason: command.reason, before: { _ in JSONWriter.text { $0.write(view) } })
        ) { _ in
            .object(202, location: "/v1/shipments/\(id)") { json in
                json.member("id", id)
                json.member("order_id", shipment.orderID)
                json.member("fulfillment_id", shipment.fulfillmentID)
            }
        }
    }

    private static func carriers(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        try call.query.finish()
        let circuits = services.circuits()
        return .object { json in
            json.member("data", array: services.shippingQueries.carriers) { json, carrier in
                json.object { json in
                    json.member("code", carrier.code)
                    json.member("name", carrier.name)
                    json.member("capabilities", array: carrier.capabilities) { $0.string($1.rawValue) }
                    json.member("maximum_parcel_grams", carrier.maximumParcelGrams)
                    let circuit = circuits.first { $0.destination == "carrier/\(carrier.code)" }
                    json.member("circuit", circuit?.state ?? "closed")
                }
            }
            json.member("circuits", array: circuits) { json, circuit in json.object { circuit.write(&$0) } }
        }
    }
}

extension JSONWriter {
    mutating func write(_ view: ShipmentView) {
        let shipment = view.shipment
        member("id", shipment.id)
        member("order_id", shipment.orderID)
        member("fulfillment_id", shipment.fulfillmentID)
        member("warehouse_id", shipment.warehouseID)
        member("status", shipment.status.name)
        member("label", shipment.label.name)
        if !shipment.carrier.isEmpty {
            member("carrier", shipment.carrier)
            member("carrier_name", view.carrierName)
        }
        if let trackingNumber = shipment.trackingNumber { member("tracking_number", trackingNumber) }
        if let quoted = shipment.quoted { member("quoted", quoted) }
        if let price = shipment.price { member("price", price) }
        member("parcels", shipment.parcels)
        member("weight_grams", shipment.totalGrams)
        member("requested_at", shipment.requestedAt)
        if let bookedAt = shipment.bookedAt { member("booked_at", bookedAt) }
        if let handedOverAt = shipment.handedOverAt { member("handed_over_at", handedOverAt) }
        if let since = shipment.tracking.since { member("status_since", since) }
        member("failed_attempts", shipment.tracking.failedAttempts)
        if let expectedAt = view.expectedAt { member("expected_at", expectedAt) }
        if let reason = shipment.endedBecause ?? shipment.tracking.reason { member("reason", reason) }
        if let location = shipment.tracking.location { member("location", location) }
        member("allowed_actions", array: view.allowedActions) { $0.string($1) }
    }

    /// One report of a courier: when it happened, when we got it, and the time as it was written.
    mutating func write(_ entry: TimelineEntry) {
        member("status", entry.event.status.name)
        member("reported_status", entry.statusText)
        member("carrier", entry.event.carrier)
        member("occurred_at", entry.event.occurredAt)
        member("reported_time", entry.timeText)
        member("received_at", entry.receivedAt)
        if let location = entry.event.location { member("location", location) }
        if let reason = entry.event.reason { member("reason", reason) }
        if let attempt = entry.event.attempt { member("attempt", attempt) }
        if let eta = entry.event.eta { member("eta", eta) }
        if let proof = entry.event.proof { member("proof", proof) }
    }
}
