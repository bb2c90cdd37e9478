import Kernel
import Testing

@testable import HTTPAPI

/// Sending delivered units back, all of it through the API.
@Suite struct ReturnRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    private func delivered(_ sku: String, _ quantity: Int) async throws -> String {
        try await system.stock(sku, quantity)
        let order = try #require(try await system.order(sku, quantity).json["id"]?.string)
        let (_, shipment) = try await system.ship(order)
        _ = try await system.report(shipment, "DELIVERED")
        _ = try await system.eventually("/v1/orders/\(order)") { $0["status"]?.string == "completed" }
        return order
    }

    @Test func deliveredUnitsAreSentBackInspectedAndRefunded() async throws {
        let order = try await delivered("BOOK", 3)
        let asked = try await client.post(
            "/v1/orders/\(order)/returns", #"{"lines": [{"line": 1, "quantity": 2}], "reason": "two too many"}"#)
        #expect(asked.status == 201, "\(asked.text)")
        #expect(asked.json["status"]?.string == "approved")
        let id = try #require(asked.json["id"]?.string)
        #expect(asked.header("location") == "/v1/returns/\(id)")
        let tooMany = try await client.post(
            "/v1/orders/\(order)/returns", #"{"lines": [{"line": 1, "quantity": 2}]}"#)
        #expect(tooMany.status == 409)
        #expect(tooMany.code == "units_not_returnable")
        #expect(tooMany.json["returnable"]?.integer == 1)
        let findings = """
            {"worker": "Mo", "lines": [{"line": 1, "quantity": 1, "disposition": "restock"},
                                       {"line": 1, "quantity": 1, "disposition": "missing"}]}
            """
        let received = try await expected(id, findings)
        #expect(received.json["inspected"]?.array?.map { $0["settlement"]?.string } == ["refund", "none"])
        let closed = try await system.eventually("/v1/returns/\(id)") { $0["status"]?.string == "closed" }
        #expect(closed["refunded"]?["amount"]?.integer == 1999)
        let seen = try await client.get("/v1/orders/\(order)")
        #expect(seen.json["return_status"]?.string == "partially_refunded")
        #expect(seen.json["returns"]?.array == [closed])
        #expect(try await client.get("/v1/orders/\(order)/returns").json["data"]?.array == [closed])
        #expect(try await client.get("/v1/stock/BOOK").json["available"]?.integer == 1)
        let again = try await client.post("/v1/returns/\(id)/receive", findings)
        #expect(again.status == 200)
        let other = try await client.post(
            "/v1/returns/\(id)/receive",
            #"{"worker": "Mo", "lines": [{"line": 1, "quantity": 2, "disposition": "scrap"}]}"#)
        #expect(other.code == "return_already_received")
    }

    /// Warehouse hears of the approval a moment later.
    private func expected(_ id: String, _ findings: String) async throws -> TestAnswer {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let received = try await client.post("/v1/returns/\(id)/receive", findings)
            if received.code != "unknown_return" { return received }
            try #require(ContinuousClock.now < deadline, "\(received.text)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func aLateWishIsDecidedByAPerson() async throws {
        let order = try await delivered("BOOK", 1)
        system.clock.advance(.seconds(31 * 24 * 3600))
        let body = #"{"lines": [{"line": 1}]}"#
        let asked = try await client.post("/v1/orders/\(order)/returns", body)
        #expect(asked.json["status"]?.string == "requested", "\(asked.text)")
        let id = try #require(asked.json["id"]?.string)
        #expect(try await client.post("/v1/returns/\(id)/decline", "{}").status == 422)
        let declined = try await client.post("/v1/returns/\(id)/decline", #"{"reason": "worn"}"#)
        #expect(declined.json["decline_reason"]?.string == "worn")
        #expect(try await client.post("/v1/returns/\(id)/approve").code == "return_already_decided")
        let next = try await client.post("/v1/orders/\(order)/returns", body)
        let nextID = try #require(next.json["id"]?.string)
        let approved = try await client.post("/v1/returns/\(nextID)/approve")
        #expect(approved.json["status"]?.string == "approved")
        #expect(approved.json["warehouse_id"]?.string?.hasPrefix("whs_") == true)
        #expect(try await client.post("/v1/returns/\(nextID)/retry-refund").code == "no_refund_refused")
        let wrong = try await expected(
            nextID, #"{"worker": "Mo", "lines": [{"line": 2, "quantity": 1, "disposition": "scrap"}]}"#)
        #expect(wrong.status == 422)
        #expect(wrong.code == "unexpected_units")
    }

    @Test func whatWasNotDeliveredCannotBeReturned() async throws {
        try await system.stock("BOOK", 1)
        let order = try #require(try await system.order("BOOK").json["id"]?.string)
        let early = try await client.post("/v1/orders/\(order)/returns", #"{"lines": [{"line": 1}]}"#)
        #expect(early.status == 409)
        #expect(early.code == "not_delivered")
        let missing = ReturnID(rawValue: 1).text
        #expect(try await client.get("/v1/returns/\(missing)").status == 404)
        #expect(try await client.post("/v1/returns/\(missing)/approve").status == 404)
        #expect(try await client.post("/v1/returns/\(missing)/receive", #"{"worker": "Mo"}"#).status == 404)
        let nobody = OrderID(rawValue: 1).text
        #expect(try await client.post("/v1/orders/\(nobody)/returns", #"{"lines": [{"line": 1}]}"#).status == 404)
        #expect(try await client.get("/v1/orders/\(nobody)/returns").status == 404)
    }
}
