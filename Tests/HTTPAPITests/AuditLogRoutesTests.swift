import Contracts
import Kernel
import Ports
import Runtime
import SQLiteStore
import Testing

@testable import HTTPAPI

/// Who did what, when, why, and what became of it.
@Suite struct AuditLogRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    private func log(_ query: String = "limit=200") async throws -> [JSONValue] {
        try await client.get("/v1/audit-log?\(query)").json["data"]?.array ?? []
    }

    private func actions() async throws -> [String] { try await log().compactMap { $0["action"]?.string } }

    @Test func changesAreLoggedInOrderWithTheirActor() async throws {
        try await system.stock("A", 3)
        let order = try #require(try await system.order("A").json["id"]?.string)
        system.clock.advance(.seconds(1))
        _ = try await client.post("/v1/orders/\(order)/cancel", #"{"reason": "twice"}"#)
        let entries = try await log()
        // Of the same moment: by log, then by position.
        #expect(
            entries.compactMap { $0["action"]?.string }
                == ["create_product", "register_warehouse", "receive_stock", "create_key", "cancel_order"])
        let cancelled = try #require(entries.last)
        #expect(cancelled["log"]?.string == "orders")
        #expect(cancelled["subject"]?.string == order)
        #expect(cancelled["reason"]?.string == "twice")
        #expect(cancelled["after"]?["cancellation"]?.string == "pending")
        let keys = try await client.get("/v1/keys").json["data"]?.array
        #expect(cancelled["actor"] == keys?.first?["id"])
        #expect(entries.contains { $0["action"]?.string == "place_order" } == false, "daily business")
    }

    @Test func beforeAndAfterAreWhatTheyWere() async throws {
        let made = try await client.post("/v1/products", #"{"sku": "A", "name": "old", "weight_grams": 1}"#)
        let path = try #require(made.header("location"))
        let headers = ["if-match": "\"1\""]
        #expect(try await client.send(.put, path, #"{"name": "new"}"#, headers: headers).status == 200)
        let entry = try #require(try await log().first { $0["action"]?.string == "update_product" })
        #expect(entry["before"]?["name"]?.string == "old")
        #expect(entry["after"]?["name"]?.string == "new")
    }

    @Test func whatBecomesOfReturnsIsLoggedButNotThatTheyWereAskedFor() async throws {
        let order = try await system.delivered("A", 3)
        let body = #"{"lines": [{"line": 1, "quantity": 1}]}"#
        func ask() async throws -> String {
            try #require(try await client.post("/v1/orders/\(order)/returns", body).json["id"]?.string)
        }
        let automatic = try await ask()
        system.clock.advance(.seconds(31 * 24 * 3600))
        let (declined, approved) = (try await ask(), try await ask())
        _ = try await client.post("/v1/returns/\(declined)/decline", #"{"reason": "worn"}"#)
        #expect(try await client.post("/v1/returns/\(declined)/approve").status == 409)
        _ = try await client.post("/v1/returns/\(approved)/approve")
        system.world.refuse(.refundPayment)
        _ = try await system.receiveReturn(automatic, #"{"worker": "Mo"}"#)
        _ = try await system.eventually("/v1/returns/\(automatic)") { $0["refund_refusal"] != nil }
        system.world.accept(.refundPayment)
        #expect(try await client.post("/v1/returns/\(automatic)/retry-refund").status == 200)

        let entries = try await log().filter { $0["action"]?.string?.contains("return") == true }
        func entry(_ action: String) throws -> JSONValue {
            try #require(entries.first { $0["action"]?.string == action }, "\(action)")
        }
        #expect(
            Set(entries.compactMap { $0["action"]?.string })
                == ["decline_return", "approve_return", "receive_return", "retry_return_refund"])
        #expect(entries.count == 4, "what is refused is not logged")
        let decline = try entry("decline_return")
        #expect(decline["subject"]?.string == declined && decline["reason"]?.string == "worn")
        #expect(decline["before"]?["status"]?.string == "requested")
        #expect(decline["after"]?["status"]?.string == "declined")
        let approve = try entry("approve_return")
        #expect(approve["subject"]?.string == approved)
        #expect(approve["after"]?["warehouse_id"]?.string?.hasPrefix("whs_") == true)
        let receive = try entry("receive_return")
        #expect(receive["log"]?.string == "warehouse" && receive["subject"]?.string == automatic)
        #expect(receive["after"]?["inspected"]?.array?.first?["settlement"]?.string == "refund")
        let retry = try entry("retry_return_refund")
        #expect(retry["before"]?["refund_refusal"] != nil && retry["after"]?["refund_refusal"] == nil)
        let keys = try await client.get("/v1/keys").json["data"]?.array
        #expect(entries.allSatisfy { $0["actor"] == keys?.first?["id"] })
    }

    @Test func whatIsRefusedOrRepeatedIsNotLogged() async throws {
        let body = #"{"sku": "A", "name": "A", "weight_grams": 1}"#
        _ = try await client.post("/v1/products", body, key: "k")
        _ = try await client.post("/v1/products", body, key: "k")
        #expect(try await client.post("/v1/products", body).status == 409)
        #expect(try await actions().filter { $0 == "create_product" }.count == 1)
    }

    @Test func theListGoesOnWhereItEnded() async throws {
        for number in 1...3 {
            _ = try await client.post("/v1/products", #"{"sku": "P\#(number)", "name": "A", "weight_grams": 1}"#)
            _ = try await client.post("/v1/keys", #"{"name": "k", "scopes": ["orders:read"]}"#)
        }
        let whole = try await log()
        #expect(whole.count == 7)
        var parts: [JSONValue] = []
        var query: String? = "limit=2"
        while let current = query {
            let answer = try await client.get("/v1/audit-log?\(current)")
            parts += answer.json["data"]?.array ?? []
            query = answer.json["next"]?.string.map { "limit=2&after=\($0)" }
        }
        #expect(parts == whole)
    }

    @Test func noPersonAndNoSecretIsInIt() async throws {
        try await system.stock("A", 1)
        let order = try #require(try await system.order("A").json["id"]?.string)
        _ = try await client.send(.delete, "/v1/orders/\(order)/recipient")
        let made = try await client.post("/v1/webhook-endpoints", #"{"url": "https://shop.example.com/hook"}"#)
        let rotated = try await client.post("\(try #require(made.header("location")))/rotate-secret")
        let text = try await client.get("/v1/audit-log?limit=200").text
        #expect(text.contains("erase_recipient") && text.contains("rotate_webhook_secret"))
        let secrets = [made, rotated].compactMap { $0.json["secret"]?.string } + [system.token]
        for secret in secrets + ["Ada", "ada@example.com", "Weg 1"] { #expect(!text.contains(secret)) }
    }

    @Test func everyServicesLogIsChained() async throws {
        try await system.stock("A", 1)
        for topic in Topic.allCases {
            let check = try await system.services.reads(topic).read { database throws(Fault) in
                try AuditLog.check(topic.rawValue, database)
            }
            #expect(check.holds)
            #expect(check.figure == (topic == .warehouse ? 2 : topic == .orders ? 1 : 0))
        }
    }
}
