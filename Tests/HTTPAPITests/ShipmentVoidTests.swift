import Kernel
import Testing

@testable import HTTPAPI

/// Voiding a shipment: possible until the parcels are handed over.
@Suite struct ShipmentVoidTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    private func labelled() async throws -> (order: String, fulfillment: String, shipment: String) {
        try await system.stock("A", 3)
        let order = try #require(try await system.order("A", 2).json["id"]?.string)
        let fulfillment = try await system.label(order)
        let shipments = try await client.get("/v1/shipments?order_id=\(order)")
        return (order, fulfillment, try #require(shipments.json["data"]?.array?.first?["id"]?.string))
    }

    @Test func beforeTheHandoverTheLabelIsVoidedAndTheOrderUndone() async throws {
        let (order, fulfillment, shipment) = try await labelled()
        let path = "/v1/shipments/\(shipment)"
        #expect(try await client.get(path).json["allowed_actions"]?.array?.contains(.string("void")) == true)
        let asked = try await client.post("\(path)/void", #"{"reason": "wet"}"#, key: "v")
        #expect(asked.status == 202)
        #expect(asked.json["fulfillment_id"]?.string == fulfillment)
        let again = try await client.post("\(path)/void", #"{"reason": "wet"}"#, key: "v")
        #expect(again.header("idempotent-replayed") == "true")
        let voided = try await system.eventually(path) { $0["label"]?.string == "voided" }
        #expect(voided["status"]?.string == "cancelled")
        #expect(voided["allowed_actions"]?.array?.contains(.string("void")) == false)

        let task = try await system.eventually("/v1/fulfillments/\(fulfillment)") {
            $0["step"]?.string == "putting_back"
        }
        let putBack = task["tasks"]?.array?.first { $0["kind"]?.string == "put_back" }?["id"]?.string
        let done = try await client.post("/v1/tasks/\(try #require(putBack))/complete", #"{"worker": "Mo"}"#)
        #expect(done.status == 200)
        let ended = try await system.eventually("/v1/orders/\(order)") { $0["status"]?.string == "cancelled" }
        #expect(ended["payment_status"]?.string == "voided")
        #expect(try await client.get("/v1/stock/A").json["available"]?.integer == 3)
        let closed = try await client.post("\(path)/void")
        #expect(closed.status == 409)
        #expect(closed.code == "fulfillment_closed")
    }

    @Test func whileTheCarrierIsSilentNothingIsHandedOver() async throws {
        let (_, fulfillment, shipment) = try await labelled()
        system.world.hold(.voidShipment)
        #expect(try await client.post("/v1/shipments/\(shipment)/void").status == 202)
        let handed = try await client.post("/v1/handovers", #"{"fulfillment_ids": ["\#(fulfillment)"]}"#)
        #expect(handed.json["results"]?.array?.first?["code"]?.string == "fulfillment_closed")
        _ = try await system.eventually("/v1/shipments/\(shipment)") { $0["label"]?.string == "voiding" }
        system.world.letGo()
        _ = try await system.eventually("/v1/shipments/\(shipment)") { $0["label"]?.string == "voided" }
        for service in ["orders", "warehouse", "shipping"] {
            #expect(try await client.get("/v1/dead-letters/\(service)").json["data"]?.array == [])
        }
    }

    @Test func aCarrierThatRefusesToVoidEndsTheShipmentAllTheSame() async throws {
        let (_, _, shipment) = try await labelled()
        system.world.refuse(.voidShipment)
        #expect(try await client.post("/v1/shipments/\(shipment)/void").status == 202)
        _ = try await system.eventually("/v1/shipments/\(shipment)") { $0["label"]?.string == "void_refused" }
    }

    @Test func afterTheHandoverItIsRefused() async throws {
        try await system.stock("A", 1)
        let order = try #require(try await system.order("A").json["id"]?.string)
        let (_, shipment) = try await system.ship(order)
        let answer = try await client.post("/v1/shipments/\(shipment)/void")
        #expect(answer.status == 409)
        #expect(answer.code == "already_handed_over")
        let view = try await client.get("/v1/shipments/\(shipment)")
        #expect(view.json["label"]?.string == "booked")
        #expect(view.json["allowed_actions"]?.array == [.string("report_status")])
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        #expect(try await client.post("/v1/shipments/shp_01jd3q8f6v000/void").status == 404)
        #expect(try await client.post("/v1/shipments/nonsense/void").status == 404)
    }
}
