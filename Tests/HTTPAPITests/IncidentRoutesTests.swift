import Kernel
import Testing

@testable import HTTPAPI

/// A process that stopped goes on after the repair.
@Suite struct IncidentRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    private func stopped() async throws -> String {
        let id = try #require(try await system.order("A").json["id"]?.string)
        _ = try await system.ship(id)
        return id
    }

    @Test func aStoppedProcessIsListedAndGoesOnOnceItIsResolved() async throws {
        try await system.stock("A", 3)
        system.world.refuse(.capturePayment)
        let order = try await stopped()
        let listed = try await system.eventually("/v1/incidents") { $0["data"]?.array?.isEmpty == false }
        let incident = try #require(listed["data"]?.array?.first)
        #expect(incident["order_id"]?.string == order)
        #expect(incident["element"]?.string == "capture-payment")
        #expect(incident["kind"]?.string == "job_failed")
        let path = "/v1/incidents/\(try #require(incident["id"]?.string))/resolve"

        // Not repaired: it stops there again.
        #expect(try await client.post(path).status == 200)
        _ = try await system.eventually("/v1/incidents") { $0["data"]?.array == [incident] }

        system.world.accept(.capturePayment)
        let resolved = try await client.post(path, key: "r")
        #expect(resolved.status == 200)
        #expect(resolved.json["id"]?.string == order)
        #expect(try await client.post(path, key: "r").header("idempotent-replayed") == "true")
        _ = try await system.eventually("/v1/orders/\(order)") { $0["payment_status"]?.string == "captured" }
        #expect(try await client.get("/v1/incidents").json["data"]?.array == [])
        #expect(try await client.post(path).code == "incident_not_found")
    }

    @Test func theListGoesOnWhereItEnded() async throws {
        try await system.stock("A", 9)
        #expect(try await client.get("/v1/incidents").json["data"]?.array == [])
        system.world.refuse(.capturePayment)
        var orders: [String] = []
        for _ in 0..<3 { orders.append(try await stopped()) }
        _ = try await system.eventually("/v1/incidents") { $0["data"]?.array?.count == 3 }
        let first = try await client.get("/v1/incidents?limit=2")
        let next = try #require(first.json["next"]?.string)
        let second = try await client.get("/v1/incidents?limit=2&after=\(next)")
        let listed = [first, second].flatMap { $0.json["data"]?.array ?? [] }.compactMap { $0["order_id"]?.string }
        #expect(listed == orders)
        #expect(second.json["next"] == nil)
    }

    @Test(arguments: ["ord_01jd3q8f6v000-1", "ord_01jd3q8f6v000", "1", "ord_01jd3q8f6v000-01", "x-1"])
    func whatIsNotThereIsNotFound(_ id: String) async throws {
        #expect(try await client.post("/v1/incidents/\(id)/resolve").status == 404)
    }
}
