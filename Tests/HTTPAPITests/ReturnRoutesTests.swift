import Kernel
import Testing

@testable import HTTPAPI

/// Sending delivered units back, all of it through the API.
@Suite struct ReturnRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    @Test func deliveredUnitsAreSentBackInspectedAndRefunded() async throws {
        let order = try await system.delivered("BOOK", 3)
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
        let received = try await system.receiveReturn(id, findings)
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

    @Test func aLateWishIsDecidedByAPerson() async throws {
        let order = try await system.delivered("BOOK", 1)
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
        let wrong = try await system.receiveReturn(
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

    @Test func theFloorSeesWhatIsExpectedTheOldestFirst() async throws {
        let order = try await system.delivered("BOOK", 4)
        var ids: [String] = []
        for _ in 1...4 {
            let asked = try await client.post(
                "/v1/orders/\(order)/returns", #"{"lines": [{"line": 1, "quantity": 1}]}"#)
            ids.append(try #require(asked.json["id"]?.string))
            system.clock.advance(.seconds(1))
        }
        _ = try await system.receiveReturn(ids[1], #"{"worker": "Mo"}"#)
        let closed = try await system.eventually("/v1/returns/\(ids[1])") { $0["status"]?.string == "closed" }
        #expect(try await client.get("/v1/returns?status=closed").json["data"]?.array == [closed])
        #expect(try await client.get("/v1/returns?status=inspected").json["data"]?.array == [])
        #expect(try await pages("limit=4&status=approved") == [[ids[0], ids[2], ids[3]]])
        #expect(try await pages("limit=2&status=approved") == [[ids[0], ids[2]], [ids[3]]])
        #expect(try await pages("limit=3") == [[ids[0], ids[1], ids[2]], [ids[3]]])
        for query in ["status=sent", "limit=0", "limit=201", "after=x", "order=1"] {
            #expect(try await client.get("/v1/returns?\(query)").status == 400, "\(query)")
        }
    }

    /// The ids on every page, following `next`.
    private func pages(_ query: String) async throws -> [[String]] {
        var pages: [[String]] = []
        var next: String? = query
        while let current = next, pages.count < 10 {
            let answer = try await client.get("/v1/returns?\(current)")
            pages.append(answer.json["data"]?.array?.compactMap { $0["id"]?.string } ?? [])
            next = answer.json["next"]?.string.map { "\(query)&after=\($0)" }
        }
        return pages
    }
}
