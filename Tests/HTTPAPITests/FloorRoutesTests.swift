import Kernel
import Testing

@testable import HTTPAPI

@Suite struct FloorRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    private func pickTask(_ sku: String, _ quantity: Int) async throws -> (order: String, task: JSONValue) {
        let order = try #require(try await system.order(sku, quantity).json["id"]?.string)
        let list = try await system.eventually("/v1/tasks?kind=pick") {
            $0["data"]?.array?.contains { $0["order_id"]?.string == order } == true
        }
        let task = list["data"]?.array?.first { $0["order_id"]?.string == order }
        return (order, try #require(task))
    }

    @Test func workIsAssignedStartedAndDone() async throws {
        try await system.stock("A", 5)
        let (_, task) = try await pickTask("A", 1)
        let id = try #require(task["id"]?.string)
        #expect(
            task["allowed_actions"]?.array?.compactMap(\.string) == ["assign", "start", "complete", "short"])
        let assigned = try await client.post("/v1/tasks/\(id)/assign", #"{"worker": "Mo"}"#)
        #expect(assigned.json["status"]?.string == "assigned")
        #expect(assigned.json["worker"]?.string == "Mo")
        #expect(try await client.post("/v1/tasks/\(id)/start", #"{"worker": "Mo"}"#).status == 200)
        #expect(try await client.post("/v1/tasks/\(id)/complete", #"{"worker": "Mo"}"#).status == 200)
        #expect(try await client.get("/v1/tasks/\(id)").json["status"]?.string == "done")
        let again = try await client.post("/v1/tasks/\(id)/complete", #"{"worker": "Mo"}"#)
        #expect(again.status == 409)
        #expect(again.code == "task_closed")
        #expect(try await client.post("/v1/tasks/\(id)/complete", "{}").status == 422)
    }

    @Test func aBatchAnswersEachActionOnItsOwn() async throws {
        try await system.stock("A", 5)
        let (_, task) = try await pickTask("A", 1)
        let id = try #require(task["id"]?.string)
        let answer = try await client.post(
            "/v1/tasks/batch",
            """
            {"actions": [{"task_id": "\(id)", "action": "complete", "worker": "Mo"},
                         {"task_id": "\(id)", "action": "complete", "worker": "Mo"},
                         {"task_id": "wtk_01jd3q8f6v000", "action": "assign", "worker": "Mo"}]}
            """)
        #expect(answer.status == 200)
        #expect(answer.json["results"]?.array?.map { $0["status"]?.integer } == [200, 409, 404])
    }

    @Test func aShortPickIsCancelledAndNotCharged() async throws {
        try await system.stock("A", 2)
        let (order, task) = try await pickTask("A", 2)
        let id = try #require(task["id"]?.string)
        let short = try await client.post(
            "/v1/tasks/\(id)/short",
            #"{"worker": "Mo", "reason": "shelf empty", "found": [{"line": 1, "quantity": 1}]}"#)
        #expect(short.json["status"]?.string == "short")
        _ = try await system.eventually("/v1/orders/\(order)") {
            $0["cancelled_units"]?.array?.first?["count"]?.integer == 1
        }
    }

    @Test func parcelsAreHandedOverOnceAndOnlyWithALabel() async throws {
        try await system.stock("A", 1)
        system.world.hold(.bookShipment)
        let (_, task) = try await pickTask("A", 1)
        let fulfillment = try #require(task["fulfillment_id"]?.string)
        func handOver() async throws -> [String?] {
            let answer = try await client.post("/v1/handovers", #"{"fulfillment_ids": ["\#(fulfillment)"]}"#)
            return answer.json["results"]?.array?.map { $0["code"]?.string } ?? []
        }
        #expect(try await handOver() == ["not_packed"])
        for kind in ["pick", "pack"] {
            let open = try await system.eventually("/v1/fulfillments/\(fulfillment)") {
                $0["tasks"]?.array?.contains { $0["kind"]?.string == kind && $0["status"]?.string == "ready" } == true
            }
            let id = open["tasks"]?.array?.first { $0["kind"]?.string == kind }?["id"]?.string
            _ = try await client.post("/v1/tasks/\(try #require(id))/complete", #"{"worker": "Mo"}"#)
        }
        #expect(try await handOver() == ["not_labelled"])
        // The wish to book must have reached the world before it is let go.
        _ = try await system.eventually("/v1/shipments") { $0["data"]?.array?.isEmpty == false }
        system.world.letGo()
        let ready = try await system.eventually("/v1/handovers") { $0["data"]?.array?.isEmpty == false }
        #expect(ready["data"]?.array?.first?["fulfillment_id"]?.string == fulfillment)
        #expect(try await handOver() == [nil])
        #expect(try await handOver() == ["already_handed_over"])
    }

    @Test func aParcelThatComesBackIsRestockedAndRefunded() async throws {
        try await system.stock("A", 1)
        let order = try #require(try await system.order("A").json["id"]?.string)
        let (fulfillment, shipment) = try await system.ship(order)
        _ = try await system.eventually("/v1/orders/\(order)") { $0["payment_status"]?.string == "captured" }
        _ = try await system.report(shipment, "FAILED", extra: #", "reason": "refused""#, id: "m1")
        system.clock.advance(.seconds(60))
        _ = try await system.report(shipment, "FAILED", extra: #", "reason": "returned""#, id: "m2")
        let waiting = try await system.eventually("/v1/tasks?kind=receive") { $0["data"]?.array?.isEmpty == false }
        let task = try #require(waiting["data"]?.array?.first { $0["fulfillment_id"]?.string == fulfillment })
        let id = try #require(task["id"]?.string)
        let received = try await client.post("/v1/tasks/\(id)/receive", #"{"worker": "Mo"}"#)
        #expect(received.status == 200, "\(received.text)")
        let done = try await system.eventually("/v1/orders/\(order)") { $0["status"]?.string == "completed" }
        #expect(done["payment_status"]?.string == "refunded")
        #expect(done["return_status"]?.string == "refunded")
        #expect(try await client.get("/v1/stock/A").json["available"]?.integer == 1)
    }
}
