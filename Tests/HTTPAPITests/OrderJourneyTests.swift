import Kernel
import Testing

@testable import HTTPAPI

/// Orders from checkout to doorstep, all of it through the API.
@Suite struct OrderJourneyTests {
    @Test func anOrderIsPlacedDecidedShippedAndDelivered() async throws {
        let system = try await TestSystem()
        try await system.stock("BOOK", 5)
        let placed = try await system.order("BOOK", 2)
        #expect(placed.status == 201)
        #expect(placed.header("preference-applied") == "wait=20")
        #expect(placed.json["reservation"]?.string == "reserved")
        #expect(placed.json["total"]?["amount"]?.integer == 3998)
        let id = try #require(placed.json["id"]?.string)
        #expect(placed.header("location") == "/v1/orders/\(id)")
        let (_, shipmentID) = try await system.ship(id)

        let delivered = try await system.report(shipmentID, "DELIVERED")
        #expect(delivered.status == 200)
        #expect(delivered.json["message"]?.string == "Status Updated & Notification Sent")
        let order = try await system.eventually("/v1/orders/\(id)") { $0["status"]?.string == "completed" }
        #expect(order["payment_status"]?.string == "captured")
        #expect(order["fulfillment_status"]?.string == "fulfilled")
        #expect(order["payment"]?["captured"]?["amount"]?.integer == 3998)
        #expect(order["allowed_actions"]?.array == [.string("request_return")])

        let stock = try await system.client.get("/v1/stock/BOOK")
        #expect(stock.json["available"]?.integer == 3)
        let types = try await system.client.get("/v1/orders/\(id)/events").json["data"]?.array?.compactMap {
            $0["type"]?.string
        }
        #expect(types?.first == "OrderCreated")
        #expect(types?.last == "OrderCompleted")
        #expect(types?.contains("FulfillmentHandedOver") == true)
    }

    @Test func theLastPieceGoesToOneShopper() async throws {
        let system = try await TestSystem()
        try await system.stock("LAST", 1)
        let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for _ in 0..<16 { group.addTask { try await system.order("LAST") } }
            var answers: [TestAnswer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(answers.filter { $0.json["reservation"]?.string == "reserved" }.count == 1)
        let rejected = answers.filter { $0.json["reservation"]?.string == "rejected" }
        #expect(rejected.count == 15)
        let shortage = rejected.first?.json["shortages"]?.array?.first
        #expect(shortage?["requested"]?.integer == 1)
        #expect(shortage?["available"]?.integer == 0)
        #expect(try await system.client.get("/v1/stock/LAST").json["available"]?.integer == 0)
    }

    @Test func aPaymentOutageDoesNotKeepTheShopperWaiting() async throws {
        let system = try await TestSystem()
        try await system.stock("MUG", 3)
        system.world.hold(.authorizePayment)
        let start = ContinuousClock.now
        let placed = try await system.order("MUG")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(placed.json["status"]?.string == "placed")
        #expect(placed.json["reservation"]?.string == "reserved")
        #expect(placed.json["payment_status"]?.string == "pending")
        let id = try #require(placed.json["id"]?.string)
        system.world.letGo()
        _ = try await system.eventually("/v1/orders/\(id)") { $0["payment_status"]?.string == "authorized" }
    }

    @Test func withoutWaitingTheAnswerIsTheStatusSoFar() async throws {
        let system = try await TestSystem()
        try await system.stock("PEN", 3)
        let placed = try await system.client.post("/v1/orders", system.orderBody("PEN", number: "1001"))
        #expect(placed.status == 201)
        #expect(placed.json["status"]?.string == "placed")
        #expect(placed.json["number"]?.string == "1001")
        #expect(placed.header("preference-applied") == nil)
        #expect(placed.json["allowed_actions"]?.array == [.string("cancel")])
        let found = try await system.client.get("/v1/orders?number=1001")
        #expect(found.json["data"]?.array?.first?["id"] == placed.json["id"])
        let again = try await system.client.post("/v1/orders", system.orderBody("PEN", number: "1001"))
        #expect(again.status == 409)
        #expect(again.code == "duplicate_number")
        #expect(again.json["errors"]?.array?.first?["pointer"]?.string == "/number")
    }

    @Test func aRepetitionSeesWhatTheFirstSaw() async throws {
        let system = try await TestSystem()
        try await system.stock("CUP", 3)
        let first = try await system.client.post(
            "/v1/orders", system.orderBody("CUP"), key: "k", headers: ["prefer": "wait=20"])
        let second = try await system.client.post(
            "/v1/orders", system.orderBody("CUP"), key: "k", headers: ["prefer": "wait=20"])
        #expect(second.status == 201)
        #expect(second.header("idempotent-replayed") == "true")
        #expect(second.bytes == first.bytes)
        #expect(second.header("location") == first.header("location"))
        let other = try await system.client.post("/v1/orders", system.orderBody("CUP", 2), key: "k")
        #expect(other.code == "idempotency_key_reused")
        #expect(try await system.client.get("/v1/orders").json["data"]?.array?.count == 1)
    }

    @Test func theSameKeyAtTheSameTimeMakesOneOrder() async throws {
        let system = try await TestSystem()
        try await system.stock("CUP", 30)
        let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for _ in 0..<12 {
                group.addTask { try await system.client.post("/v1/orders", system.orderBody("CUP"), key: "same") }
            }
            var answers: [TestAnswer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.allSatisfy { $0.status == 201 || $0.code == "idempotency_key_in_flight" })
        #expect(answers.contains { $0.status == 201 && $0.header("idempotent-replayed") == nil })
        #expect(Set(answers.filter { $0.status == 201 }.compactMap { $0.json["id"]?.string }).count == 1)
        #expect(try await system.client.get("/v1/orders").json["data"]?.array?.count == 1)
    }

    @Test func aCancelledOrderGivesItsStockBack() async throws {
        let system = try await TestSystem()
        try await system.stock("LAMP", 4)
        let placed = try await system.order("LAMP", 4)
        let id = try #require(placed.json["id"]?.string)
        let cancelled = try await system.client.post("/v1/orders/\(id)/cancel", #"{"reason": "changed my mind"}"#)
        #expect(cancelled.status == 202)
        #expect(cancelled.json["cancellation"]?.string == "pending")
        _ = try await system.eventually("/v1/orders/\(id)") { $0["status"]?.string == "cancelled" }
        _ = try await system.eventually("/v1/stock/LAMP") { $0["available"]?.integer == 4 }
        let again = try await system.client.post("/v1/orders/\(id)/cancel")
        #expect(again.status == 409)
        #expect(again.code == "already_cancelled")
    }

    @Test func afterThePivotCancellingIsRefusedWithAHint() async throws {
        let system = try await TestSystem()
        try await system.stock("LAMP", 1)
        let id = try #require(try await system.order("LAMP").json["id"]?.string)
        _ = try await system.ship(id)
        _ = try await system.eventually("/v1/orders/\(id)") { $0["fulfillment_status"]?.string == "fulfilled" }
        let refused = try await system.client.post("/v1/orders/\(id)/cancel")
        #expect(refused.status == 409)
        #expect(refused.code == "already_handed_over")
        #expect(refused.json["hint"]?.string == "request_return")
        #expect(refused.json["path"]?.string == "/v1/orders/\(id)/returns")
    }

    @Test func singleUnitsCanBeCancelled() async throws {
        let system = try await TestSystem()
        try await system.stock("SOCK", 5)
        let id = try #require(try await system.order("SOCK", 3).json["id"]?.string)
        _ = try await system.eventually("/v1/orders/\(id)") { $0["status"]?.string == "fulfilling" }
        let asked = try await system.client.post(
            "/v1/orders/\(id)/cancel-units", #"{"lines": [{"line": 1, "quantity": 2}]}"#)
        #expect(asked.status == 202, "\(asked.text)")
        let reduced = try await system.eventually("/v1/orders/\(id)") { $0["cancelled_units"]?.array?.isEmpty == false }
        #expect(reduced["cancelled_units"]?.array?.first?["count"]?.integer == 2)
        _ = try await system.eventually("/v1/stock/SOCK") { $0["available"]?.integer == 4 }
        let tooMany = try await system.client.post(
            "/v1/orders/\(id)/cancel-units", #"{"lines": [{"line": 1, "quantity": 2}]}"#)
        #expect(tooMany.status == 409)
        #expect(tooMany.json["cancellable"]?.integer == 1)
    }

    @Test func anErasedRecipientLeavesTheOrder() async throws {
        let system = try await TestSystem()
        try await system.stock("HAT", 1)
        let id = try #require(try await system.order("HAT").json["id"]?.string)
        #expect(try await system.client.send(.delete, "/v1/orders/\(id)/recipient").status == 204)
        #expect(try await system.client.get("/v1/orders/\(id)").status == 200)
        let other = OrderID(rawValue: 1).text
        #expect(try await system.client.send(.delete, "/v1/orders/\(other)/recipient").status == 404)
    }

    @Test func aCustomerSeesParcelsButNoPriceAndNoAddress() async throws {
        let system = try await TestSystem()
        try await system.stock("TOY", 1)
        let placed = try await system.order("TOY")
        let id = try #require(placed.json["id"]?.string)
        let url = try #require(placed.json["tracking_url"]?.string)
        let token = try #require(url.split(separator: "/").last)
        #expect(token.count == 32)
        let (_, shipmentID) = try await system.ship(id)
        _ = try await system.report(
            shipmentID, "IN_TRANSIT", extra: #", "location": {"lat": 52.51234, "lng": 13.41234}"#)
        let tracking = try await system.client.send(.get, "/v1/tracking/\(token)", token: .some(nil))
        #expect(tracking.status == 200)
        let parcel = tracking.json["parcels"]?.array?.first
        #expect(parcel?["status"]?.string == "in_transit")
        #expect(parcel?["events"]?.array?.first?["location"]?["lat"]?.number == 52.5)
        for secret in ["Ada", "Weg", "1999", "3998", "ord_", "ada@example.com"] {
            #expect(!tracking.text.contains(secret))
        }
        let wrong = String(token.reversed())
        #expect(try await system.client.send(.get, "/v1/tracking/\(wrong)", token: .some(nil)).status == 404)
    }
}
