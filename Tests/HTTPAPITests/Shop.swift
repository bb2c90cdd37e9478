import Kernel
import Testing

@testable import HTTPAPI

/// What a shop, its warehouse and its couriers do through the API, one step per method.
extension TestSystem {
    /// A product with stock in a new warehouse.
    /// - Returns: the warehouse's id.
    @discardableResult
    func stock(_ sku: String, _ quantity: Int, in code: String = "BER") async throws -> String {
        let made = try await client.post(
            "/v1/products", #"{"sku": "\#(sku)", "name": "A \#(sku)", "weight_grams": 250}"#)
        try #require(made.status == 201 || made.code == "duplicate_sku", "\(made.text)")
        let site = try await client.post(
            "/v1/warehouses",
            #"{"code": "\#(code)", "name": "\#(code)", "country": "DE", "place": {"lat": 52.5, "lng": 13.4}}"#)
        try #require(site.status == 201, "\(site.text)")
        let warehouseID = try #require(site.json["id"]?.string)
        if quantity > 0 {
            let received = try await client.post(
                "/v1/stock/receive",
                """
                {"warehouse_id": "\(warehouseID)", "reference": "note-\(sku)",
                 "lines": [{"sku": "\(sku)", "quantity": \(quantity)}]}
                """)
            try #require(received.status == 200, "\(received.text)")
        }
        return warehouseID
    }

    func orderBody(_ sku: String, _ quantity: Int = 1, number: String? = nil) -> String {
        """
        {\(number.map { "\"number\": \"\($0)\", " } ?? "")"customer": "c-1",
         "lines": [{"sku": "\(sku)", "quantity": \(quantity), "unit_price": {"amount": 1999, "currency": "EUR"}}],
         "address": {"name": "Ada", "street": "Weg 1", "city": "Berlin", "postal_code": "10115", "country": "DE",
                     "email": "ada@example.com"},
         "payment_method": "tok_visa"}
        """
    }

    /// Places an order and waits for its decision.
    func order(_ sku: String, _ quantity: Int = 1) async throws -> TestAnswer {
        try await client.post("/v1/orders", orderBody(sku, quantity), headers: ["prefer": "wait=20"])
    }

    /// Asks again until the answer is what a test waits for.
    func eventually(
        _ path: String, within limit: Duration = .seconds(20), _ isReached: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        let deadline = ContinuousClock.now + limit
        while true {
            let answer = try await client.get(path)
            if isReached(answer.json) { return answer.json }
            try #require(ContinuousClock.now < deadline, "\(path) stays \(answer.text)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Takes an order from its decision to a label, by the hands of `Mo`.
    /// - Returns: the fulfillment's id.
    func label(_ orderID: String) async throws -> String {
        let reserved = try await eventually("/v1/orders/\(orderID)") { $0["fulfillments"]?.array?.isEmpty == false }
        let fulfillmentID = try #require(reserved["fulfillments"]?.array?.first?["id"]?.string)
        for kind in ["pick", "pack"] {
            let task = try await eventually("/v1/fulfillments/\(fulfillmentID)") { json in
                json["tasks"]?.array?.contains {
                    $0["kind"]?.string == kind && $0["status"]?.string == "ready"
                } == true
            }
            let id = task["tasks"]?.array?.first { $0["kind"]?.string == kind }?["id"]?.string
            let done = try await client.post("/v1/tasks/\(try #require(id))/complete", #"{"worker": "Mo"}"#)
            try #require(done.status == 200, "\(done.text)")
        }
        _ = try await eventually("/v1/fulfillments/\(fulfillmentID)") { $0["step"]?.string == "labelled" }
        return fulfillmentID
    }

    /// Takes an order from its decision to the carrier.
    /// - Returns: the fulfillment's and the shipment's id.
    func ship(_ orderID: String) async throws -> (fulfillment: String, shipment: String) {
        let fulfillmentID = try await label(orderID)
        let handed = try await client.post("/v1/handovers", #"{"fulfillment_ids": ["\#(fulfillmentID)"]}"#)
        try #require(handed.json["results"]?.array?.first?["status"]?.integer == 200, "\(handed.text)")
        let shipped = try await eventually("/v1/shipments?order_id=\(orderID)") {
            $0["data"]?.array?.first?["handed_over_at"] != nil
        }
        return (fulfillmentID, try #require(shipped["data"]?.array?.first?["id"]?.string))
    }

    /// An order at its customer's door.
    func delivered(_ sku: String, _ quantity: Int) async throws -> String {
        try await stock(sku, quantity)
        let order = try #require(try await self.order(sku, quantity).json["id"]?.string)
        let (_, shipment) = try await ship(order)
        _ = try await report(shipment, "DELIVERED")
        _ = try await eventually("/v1/orders/\(order)") { $0["status"]?.string == "completed" }
        return order
    }

    /// Warehouse hears of the approval a moment later.
    func receiveReturn(_ id: String, _ findings: String) async throws -> TestAnswer {
        try await expected(id, "receive", findings)
    }

    private func expected(_ id: String, _ action: String, _ body: String) async throws -> TestAnswer {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let answer = try await client.post("/v1/returns/\(id)/\(action)", body)
            if answer.code != "unknown_return" { return answer }
            try #require(ContinuousClock.now < deadline, "\(answer.text)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// A courier's report by the brief's webhook.
    func report(
        _ shipmentID: String, _ status: String, from carrier: String = "turtle", at time: Instant? = nil,
        extra: String = "", id: String? = nil
    ) async throws -> TestAnswer {
        let body = #"{"status": "\#(status)", "timestamp": "\#(time ?? clock.now)"\#(extra)}"#
        return try await client.send(
            .post, "/v1/shipments/\(shipmentID)/status", body,
            headers: signature(carrier, body, id: id ?? "m-\(shipmentID)"),
            token: .some(nil))
    }
}
