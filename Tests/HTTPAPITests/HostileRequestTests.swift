import Kernel
import Orders
import Testing

@testable import HTTPAPI

/// What hostile or careless callers try.
@Suite struct HostileRequestTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    /// Members that others decide: ids, states, owners, versions, money that was taken.
    @Test(arguments: [
        "id", "status", "state", "client", "tracking_token", "placed_at", "payment_status", "version", "__proto__",
    ])
    func anOrderSetsNothingThatIsNotTheShoppers(_ member: String) async throws {
        try await system.stock("A", 1)
        let body = system.orderBody("A").dropLast() + ", \"\(member)\": \"x\"}"
        let answer = try await client.post("/v1/orders", String(body))
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.map { $0["pointer"]?.string } == ["/\(member)"])
        #expect(try await client.get("/v1/orders").json["data"]?.array == [])
    }

    @Test func nestedMembersAreRefusedToo() async throws {
        try await system.stock("A", 1)
        let body = system.orderBody("A").replacing("\"sku\": \"A\"", with: "\"sku\": \"A\", \"allocated\": 0")
        let answer = try await client.post("/v1/orders", body)
        #expect(answer.json["errors"]?.array?.first?["pointer"]?.string == "/lines/0/allocated")
    }

    @Test(arguments: [
        ("/v1/products", #"{"sku": "B", "name": "B", "weight_grams": 1, "version": 9}"#, "/version"),
        ("/v1/products", #"{"sku": "B", "name": "B", "weight_grams": 1, "id": "prd_01jd3q8f6v000"}"#, "/id"),
        ("/v1/keys", #"{"name": "k", "scopes": ["orders:read"], "token": "dsk_mine"}"#, "/token"),
        ("/v1/keys", #"{"name": "k", "scopes": ["orders:read"], "created_by": "root"}"#, "/created_by"),
        ("/v1/webhook-endpoints", #"{"url": "https://a.example", "secret": "whsec_mine"}"#, "/secret"),
        ("/v1/webhook-endpoints", #"{"url": "https://a.example", "client": 1}"#, "/client"),
    ])
    func readOnlyMembersAreRefused(_ path: String, _ body: String, _ pointer: String) async throws {
        let answer = try await client.post(path, body)
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.map { $0["pointer"]?.string } == [pointer])
    }

    /// Line ends in what comes back would begin new header fields and new lines of a log.
    @Test(arguments: ["\\r\\nSet-Cookie: a=b", "\\n", "\\u0000", "\\u007f", "\\u001b[31m"])
    func controlCharactersAreRefusedInEveryText(_ text: String) async throws {
        let key = try await client.post("/v1/keys", #"{"name": "k\#(text)", "scopes": ["orders:read"]}"#)
        #expect(key.status == 422)
        let order = try await client.post("/v1/orders", system.orderBody("A").replacing("c-1", with: "c\(text)"))
        #expect(order.status == 422)
        #expect(order.json["errors"]?.array?.contains { $0["pointer"]?.string == "/customer" } == true)
        let url = try await client.post("/v1/webhook-endpoints", #"{"url": "https://a.example/\#(text)"}"#)
        #expect(url.status == 422)
    }

    @Test func noHeaderRepeatsALineEnd() async throws {
        for path in [
            "/v1/keys?limit=1&after=a0%0d%0aSet-Cookie:x", "/v1/orders/%0d%0aSet-Cookie:x", "/v1/%0d%0a",
            "/v1/feeds/orders/0?limit=1%0d%0ax", "/problems/%0d%0aSet-Cookie:x",
        ] {
            let answer = try await client.get(
                path, headers: ["traceparent": "00-%0d%0a", "prefer": "wait=1, respond-async"])
            for field in answer.headers {
                #expect(!field.value.contains { $0.isNewline || $0 == "\0" }, "\(path): \(field)")
            }
            #expect(answer.header("set-cookie") == nil)
            #expect(answer.header("x-request-id")?.count == 32, "a trace id of ours, not what came")
        }
    }

    @Test func whatAnIDNamesElsewhereIsNotFound() async throws {
        let order = OrderID(rawValue: 1).text
        for path in [
            "/v1/orders/\(order)", "/v1/orders/\(order)/events", "/v1/shipments/shp_01jd3q8f6v000",
            "/v1/fulfillments/ful_01jd3q8f6v000", "/v1/tasks/wtk_01jd3q8f6v000", "/v1/holds/hld_01jd3q8f6v000",
            "/v1/warehouses/whs_01jd3q8f6v000", "/v1/products/prd_01jd3q8f6v000",
            "/v1/webhook-endpoints/whk_01jd3q8f6v000", "/v1/webhook-endpoints/whk_01jd3q8f6v000/deliveries",
            // Another kind's id, the wrong case, and what is no id at all.
            "/v1/orders/shp_01jd3q8f6v000", "/v1/orders/\(order.uppercased())", "/v1/orders/..%2f..%2fkeys",
            "/v1/orders/1%20OR%201=1", "/v1/stock/NOTHING",
        ] { #expect(try await client.get(path).status == 404, "\(path)") }
    }

    /// One endpoint's delivery is not another's.
    @Test func aDeliveryIsReplayedThroughItsOwnEndpointOnly() async throws {
        try await system.stock("A", 1)
        var paths: [String] = []
        for number in 1...2 {
            let body = #"{"url": "https://\#(number).example/", "types": ["order.confirmed"]}"#
            paths.append(try #require(try await client.post("/v1/webhook-endpoints", body).header("location")))
        }
        _ = try await system.order("A")
        let log = try await system.eventually("\(paths[0])/deliveries") {
            $0["data"]?.array?.first?["status"]?.string == "delivered"
        }
        let delivery = try #require(log["data"]?.array?.first?["id"]?.string)
        #expect(try await client.post("\(paths[1])/deliveries/\(delivery)/replay").status == 404)
        #expect(try await client.post("\(paths[0])/deliveries/\(delivery)/replay").status == 202)
    }

    @Test func trackingLinksHave128RandomBits() {
        var generator = SystemRandomNumberGenerator()
        let tokens = (0..<2000).map { _ in TrackingToken(from: &generator) }
        #expect(Set(tokens.map(\.text)).count == tokens.count)
        #expect(tokens.allSatisfy { $0.text.count == 32 && $0.text.allSatisfy(\.isHexDigit) })
        // Every bit is set about half of the time: six standard deviations of a fair coin are 134.
        for bit in 0..<64 {
            for word in [tokens.map(\.high), tokens.map(\.low)] {
                let count = word.count { $0 >> UInt64(bit) & 1 == 1 }
                #expect((866...1134).contains(count), "bit \(bit)")
            }
        }
    }

    @Test func aTrackingLinkThatIsAlmostRightShowsNothing() async throws {
        try await system.stock("A", 1)
        let url = try #require(try await system.order("A").json["tracking_url"]?.string)
        let token = try #require(url.split(separator: "/").last.map(String.init))
        let last = token.hasSuffix("0") ? "1" : "0"
        let shorter = String(token.dropLast())
        for wrong in [shorter + last, shorter, token + "0", ""] {
            let answer = try await client.send(.get, "/v1/tracking/\(wrong)", token: .some(nil))
            #expect(answer.status == 404, "\(wrong)")
        }
    }
}
