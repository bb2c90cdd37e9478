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
