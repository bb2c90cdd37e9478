import Kernel
import OrdersService
import Testing

@testable import HTTPAPI

/// Where the shop wants to be told.
@Suite struct WebhookRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    private func endpoint(_ more: String = "") async throws -> (path: String, json: JSONValue) {
        let made = try await client.post("/v1/webhook-endpoints", #"{"url": "https://shop.example.com/hook"\#(more)}"#)
        #expect(made.status == 201)
        return (try #require(made.header("location")), made.json)
    }

    private func put(_ path: String, _ body: String, version: String?) async throws -> TestAnswer {
        try await client.send(.put, path, body, headers: version.map { ["if-match": $0] } ?? [:])
    }

    @Test func anEndpointIsEditedAtItsVersion() async throws {
        let (path, _) = try await endpoint()
        let read = try await client.get(path)
        #expect(read.header("etag") == "\"1\"")
        #expect(try await put(path, "{}", version: nil).status == 428)
        let body = #"{"url": "https://shop.example.com/new", "types": ["order.confirmed"]}"#
        let changed = try await put(path, body, version: "\"1\"")
        #expect(changed.status == 200)
        #expect(changed.header("etag") == "\"2\"")
        #expect(changed.json["url"]?.string == "https://shop.example.com/new")
        let stale = try await put(path, body, version: "\"1\"")
        #expect(stale.status == 412)
        #expect(stale.code == "version_mismatch")
        #expect(try await put(path, #"{"secret": "whsec_mine"}"#, version: "\"2\"").status == 422)
        #expect(try await put(path, #"{"types": ["order.nothing"]}"#, version: "\"2\"").status == 422)
        #expect(try await put(path, #"{"url": "ftp://example.com"}"#, version: "\"2\"").code == "invalid_url")
        let unknown = "/v1/webhook-endpoints/whk_01jd3q8f6v000"
        #expect(try await put(unknown, "{}", version: "\"1\"").status == 404)
        #expect(try await client.get(path).json["types"]?.array == [.string("order.confirmed")])
    }

    @Test func whatIsLeftOutStaysAndListsGoOn() async throws {
        var paths: [String] = []
        for _ in 0..<3 { paths.append(try await endpoint(#", "types": ["order.completed"]"#).path) }
        #expect(try await put(paths[0], "{}", version: "\"1\"").json["types"]?.array?.count == 1)
        let first = try await client.get("/v1/webhook-endpoints?limit=2")
        let next = try #require(first.json["next"]?.string)
        let rest = try await client.get("/v1/webhook-endpoints?limit=2&after=\(next)")
        let ids = [first, rest].flatMap { $0.json["data"]?.array ?? [] }.compactMap { $0["id"]?.string }
        #expect(ids.map { "/v1/webhook-endpoints/\($0)" } == paths)
    }

    @Test func aDisabledEndpointIsToldNothingUntilItIsEnabled() async throws {
        try await system.stock("A", 3)
        let (path, _) = try await endpoint(#", "types": ["order.confirmed"]"#)
        _ = try await put(path, #"{"is_active": false}"#, version: "\"1\"")
        let off = try await client.get(path)
        #expect(off.json["disabled_because"]?.string == "by request")
        #expect(off.json["allowed_actions"]?.array?.last == .string("enable"))
        let silent = try #require(try await system.order("A").json["id"]?.string)
        _ = try await system.eventually("/v1/orders/\(silent)") { $0["status"]?.string == "fulfilling" }
        #expect(try await client.get("\(path)/deliveries").json["data"]?.array == [])

        let on = try await put(path, #"{"is_active": true}"#, version: "\"2\"")
        #expect(on.json["is_active"]?.bool == true)
        #expect(on.json["disabled_because"] == nil)
        _ = try await system.order("A")
        let log = try await system.eventually("\(path)/deliveries") { $0["data"]?.array?.count == 1 }
        let number = try #require(log["data"]?.array?.first?["id"]?.string)
        #expect(try await client.send(.delete, path).status == 204)
        let replay = try await client.post("\(path)/deliveries/\(number)/replay")
        #expect(replay.status == 409)
        #expect(replay.code == "endpoint_disabled")
    }

    @Test func anEndpointIsToldOnlyOfTheTypesItTakes() async throws {
        try await system.stock("A", 1)
        let (some, _) = try await endpoint(#", "types": ["shipment.delivered"]"#)
        let (all, _) = try await endpoint()
        let order = try #require(try await system.order("A").json["id"]?.string)
        let (_, shipment) = try await system.ship(order)
        _ = try await system.report(shipment, "DELIVERED")
        _ = try await system.eventually("/v1/orders/\(order)") { $0["status"]?.string == "completed" }
        func types(_ path: String) async throws -> [String] {
            try await client.get("\(path)/deliveries").json["data"]?.array?.compactMap { $0["type"]?.string } ?? []
        }
        #expect(try await types(some) == ["shipment.delivered"])
        #expect(try await Set(types(all)).isSuperset(of: ["order.confirmed", "shipment.delivered"]))
    }

    @Test func aNewSecretIsShownOnceAndTheFormerOneSignsForAWhile() async throws {
        let (path, made) = try await endpoint()
        let former = try #require(made["secret"]?.string)
        let rotated = try await client.post("\(path)/rotate-secret", #"{"overlap_seconds": 60}"#, key: "r")
        #expect(rotated.status == 200)
        let secret = try #require(rotated.json["secret"]?.string)
        #expect(secret != former)
        #expect(rotated.json["former_secrets_until"]?.string == (system.clock.now + .seconds(60)).rfc3339)
        let again = try await client.post("\(path)/rotate-secret", #"{"overlap_seconds": 60}"#, key: "r")
        #expect(again.json["secret"] == nil)
        #expect(again.json["version"]?.integer == 2)

        let id = try #require(made["id"]?.string.flatMap { EndpointID(text: $0) })
        func signing() async throws -> [String]? {
            let now = system.clock.now
            return try await system.services.orders.reads.read { database throws(Fault) in
                try OrdersQueries.endpoint(id, database)?.signingSecrets(at: now)
            }
        }
        #expect(try await signing() == [secret, former])
        system.clock.advance(.milliseconds(59_999))
        #expect(try await signing() == [secret, former])
        system.clock.advance(.milliseconds(1))
        #expect(try await signing() == [secret])
        #expect(try await client.post("/v1/webhook-endpoints/whk_01jd3q8f6v000/rotate-secret").status == 404)
    }

    @Test func aCompromisedSecretIsReplacedWithoutOverlap() async throws {
        let (path, made) = try await endpoint()
        let rotated = try await client.post("\(path)/rotate-secret", #"{"overlap_seconds": 0}"#)
        #expect(rotated.json["former_secrets_until"] == nil)
        let id = try #require(made["id"]?.string.flatMap { EndpointID(text: $0) })
        let now = system.clock.now
        let secrets = try await system.services.orders.reads.read { database throws(Fault) in
            try OrdersQueries.endpoint(id, database)?.signingSecrets(at: now)
        }
        #expect(secrets == [try #require(rotated.json["secret"]?.string)])
    }

    @Test func aURLThatNoMessageCouldReachIsRefusedAtOnce() async throws {
        let services = APIServices(
            orders: system.services.orders, warehouse: system.services.warehouse, shipping: system.services.shipping,
            access: system.services.access, clock: system.clock,
            refusalOfWebhookURL: { $0.contains("127.0.0.1") ? "the host is not on the public Internet" : nil })
        let client = TestClient(services, token: system.token)
        let answer = try await client.post("/v1/webhook-endpoints", #"{"url": "https://127.0.0.1/hook"}"#)
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.first?["pointer"]?.string == "/url")
        let (path, _) = try await endpoint()
        let moved = try await client.send(
            .put, path, #"{"url": "https://127.0.0.1/hook"}"#, headers: ["if-match": "\"1\""])
        #expect(moved.status == 422)
    }
}
