import Kernel
import SQLiteStore
import Testing

@testable import HTTPAPI

/// Every command that a person can give is in the audit log, as ``Permissions`` says.
@Suite struct AuditedCommandsTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    @Test func everyCommandIsInTheLog() async throws {
        let commands = Permissions.rows.filter { $0.method != "GET" }
        #expect(commands.filter { $0.action == nil }.map(\.path) == [], "what changes something says so, or is daily")
        try await catalogAndStock()
        try await cancellations()
        try await returns()
        try await stoppedProcess()
        try await webhooks()
        try await deadLetters()
        try await keys()

        let log = try await client.get("/v1/audit-log?limit=200").json["data"]?.array ?? []
        let done = Set(log.compactMap { $0["action"]?.string })
        let expected = Set(commands.compactMap(\.action)).subtracting(["-"])
        #expect(expected.subtracting(done) == [])
        #expect(done.subtracting(expected) == [])
        let root = try await client.get("/v1/keys").json["data"]?.array?.first?["id"]
        for entry in log {
            let action = entry["action"]?.string ?? ""
            #expect(entry["actor"] == root || action == "create_key", "\(action)")
            #expect(entry["at"]?.string?.isEmpty == false && entry["subject"]?.string?.isEmpty == false, "\(action)")
            // What did not exist, or must be forgotten, has no former state.
            let isNew = action.hasPrefix("create_") || action == "register_warehouse" || action == "erase_recipient"
            #expect((entry["before"] == nil) == isNew, "\(action): \(entry["before"] ?? .null)")
            #expect(entry["after"]?["tracking_url"] == nil, "\(action) opens the customer's page")
        }
        for action in ["cancel_order", "cancel_units", "void_shipment", "decline_return", "discard_dead_letter"] {
            let reasons = log.filter { $0["action"]?.string == action }.map { $0["reason"]?.string }
            #expect(reasons == ["because"], "\(action)")
        }
    }

    private static let because = #"{"reason": "because"}"#

    /// - Returns: the answer, which must be a success.
    @discardableResult
    private func post(_ path: String, _ body: String = "{}") async throws -> TestAnswer {
        let answer = try await client.post(path, body)
        try #require((200..<300).contains(answer.status), "\(path): \(answer.text)")
        return answer
    }

    private func catalogAndStock() async throws {
        let from = try await system.stock("A", 20)
        let to = try await system.stock("A", 0, in: "HAM")
        let product = #"{"sku": "B", "name": "B", "weight_grams": 1}"#
        try await post("/v1/products/batch", #"{"products": [\#(product)]}"#)
        let made = try await post("/v1/products", #"{"sku": "C", "name": "C", "weight_grams": 1}"#)
        let path = try #require(made.header("location"))
        let changed = try await client.send(.put, path, #"{"name": "D"}"#, headers: ["if-match": "\"1\""])
        try #require(changed.status == 200)
        try await post(
            "/v1/stock/adjust", #"{"sku": "A", "warehouse_id": "\#(from)", "reference": "a", "delta": -1}"#)
        let ends = #""from_warehouse_id": "\#(from)", "to_warehouse_id": "\#(to)""#
        try await post("/v1/stock/transfer", #"{"sku": "A", \#(ends), "quantity": 1, "reference": "t"}"#)
    }

    private func cancellations() async throws {
        let whole = try #require(try await system.order("A").json["id"]?.string)
        try await post("/v1/orders/\(whole)/cancel", Self.because)
        #expect(try await client.send(.delete, "/v1/orders/\(whole)/recipient").status == 204)
        let part = try #require(try await system.order("A", 2).json["id"]?.string)
        _ = try await system.eventually("/v1/orders/\(part)") { $0["status"]?.string == "fulfilling" }
        try await post(
            "/v1/orders/\(part)/cancel-units", #"{"reason": "because", "lines": [{"line": 1, "quantity": 1}]}"#)
        let labelled = try #require(try await system.order("A").json["id"]?.string)
        _ = try await system.label(labelled)
        let shipments = try await client.get("/v1/shipments?order_id=\(labelled)")
        let shipment = try #require(shipments.json["data"]?.array?.first?["id"]?.string)
        try await post("/v1/shipments/\(shipment)/void", Self.because)
    }

    private func returns() async throws {
        let order = try #require(try await system.order("A", 3).json["id"]?.string)
        let (_, shipment) = try await system.ship(order)
        _ = try await system.report(shipment, "DELIVERED")
        _ = try await system.eventually("/v1/orders/\(order)") { $0["status"]?.string == "completed" }
        func ask() async throws -> String {
            let body = #"{"lines": [{"line": 1, "quantity": 1}]}"#
            return try #require(try await post("/v1/orders/\(order)/returns", body).json["id"]?.string)
        }
        let automatic = try await ask()
        system.clock.advance(.seconds(31 * 24 * 3600))
        try await post("/v1/returns/\(try await ask())/decline", Self.because)
        try await post("/v1/returns/\(try await ask())/approve")
        system.world.refuse(.refundPayment)
        let received = try await system.receiveReturn(automatic, #"{"worker": "Mo"}"#)
        try #require(received.status == 200, "\(received.text)")
        _ = try await system.eventually("/v1/returns/\(automatic)") { $0["refund_refusal"] != nil }
        system.world.accept(.refundPayment)
        try await post("/v1/returns/\(automatic)/retry-refund")
    }

    private func stoppedProcess() async throws {
        system.world.refuse(.capturePayment)
        let order = try #require(try await system.order("A").json["id"]?.string)
        _ = try await system.ship(order)
        let listed = try await system.eventually("/v1/incidents") { $0["data"]?.array?.isEmpty == false }
        system.world.accept(.capturePayment)
        let incident = try #require(listed["data"]?.array?.first?["id"]?.string)
        try await post("/v1/incidents/\(incident)/resolve")
    }

    private func webhooks() async throws {
        let made = try await post("/v1/webhook-endpoints", #"{"url": "https://shop.example/hook"}"#)
        let path = try #require(made.header("location"))
        _ = try await system.order("A")
        let log = try await system.eventually("\(path)/deliveries") { $0["data"]?.array?.isEmpty == false }
        let delivery = try #require(log["data"]?.array?.first?["id"]?.string)
        try await post("\(path)/deliveries/\(delivery)/replay")
        let types = #"{"types": ["order.confirmed"]}"#
        let changed = try await client.send(.put, path, types, headers: ["if-match": "\"1\""])
        try #require(changed.status == 200, "\(changed.text)")
        try await post("\(path)/rotate-secret")
        #expect(try await client.send(.delete, path).status == 204)
    }

    /// Parks what Shipping reads and does nothing about.
    private func deadLetters() async throws {
        let shipping = try SQLiteDatabase(path: system.folder.path + "/shipping.db").connect(.write)
        let orders = try SQLiteDatabase(path: system.folder.path + "/orders.db").connect(.read)
        defer {
            shipping.close()
            orders.close()
        }
        let payload = try orders.first(
            "SELECT payload FROM events WHERE type = 'ProductRegistered' LIMIT 1", []
        ) { $0.text(0) }
        let event = """
            {"topic":"orders","partition":0,"position":1,"recorded_at":"2026-01-01T00:00:00.000Z",\
            "type":"ProductRegistered","data":\(try #require(payload))}
            """
        for id in 1...2 {
            try shipping.execute(
                """
                INSERT INTO dead_letters (id, partition, key, input, label, payload, error, parked_at)
                VALUES ($1, 0, $1, 'event', 'orders/ProductRegistered', $2, 'made by hand', 1)
                """, [.int(id), .text(event)])
        }
        try await post("/v1/dead-letters/shipping/1/replay")
        try await post("/v1/dead-letters/shipping/2/discard", Self.because)
    }

    private func keys() async throws {
        let made = try await post("/v1/keys", #"{"name": "k", "scopes": ["orders:read"]}"#)
        let path = try #require(made.header("location"))
        try await post("\(path)/rotate")
        #expect(try await client.send(.delete, path).status == 204)
    }
}
