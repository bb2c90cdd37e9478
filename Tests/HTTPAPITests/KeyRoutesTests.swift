import Kernel
import Testing

@testable import HTTPAPI

/// What all routes have in common, seen through the routes that need no service.
@Suite struct KeyRoutesTests {
    let system: TestSystem
    let clock: TestClock
    let store: AccessStore

    init() async throws {
        system = try await TestSystem()
        clock = system.clock
        store = system.services.access
    }

    private func client(_ configuration: APIConfiguration = APIConfiguration(), token: String? = nil) -> TestClient {
        let services = system.services
        let configured = APIServices(
            orders: services.orders, warehouse: services.warehouse, shipping: services.shipping, access: store,
            clock: clock, configuration: configuration)
        return TestClient(configured, token: token ?? system.token)
    }

    private let shopKey = #"{"name": "shop", "scopes": ["orders:read"]}"#

    @Test func aKeyIsMadeAndWorks() async throws {
        let client = client()
        let made = try await client.post("/v1/keys", shopKey)
        #expect(made.status == 201)
        let id = try #require(made.json["id"]?.string)
        #expect(made.header("location") == "/v1/keys/\(id)")
        let token = try #require(made.json["token"]?.string)
        let refused = try await client.send(.get, "/v1/keys", token: token)
        #expect(refused.status == 403)
        #expect(refused.code == "scope_missing")
    }

    @Test func aRepetitionGetsTheSameAnswerWithoutTheToken() async throws {
        let client = client()
        let first = try await client.post("/v1/keys", shopKey, key: "once")
        let second = try await client.post("/v1/keys", shopKey, key: "once")
        #expect(second.status == 201)
        #expect(second.header("idempotent-replayed") == "true")
        #expect(second.json["id"] == first.json["id"])
        #expect(second.json["token"] == nil)
        #expect(try await client.get("/v1/keys").json["data"]?.array?.count == 2)
        let other = try await client.post("/v1/keys", #"{"name": "x", "scopes": ["orders:read"]}"#, key: "once")
        #expect(other.status == 422)
        #expect(other.code == "idempotency_key_reused")
        let missing = try await client.send(.post, "/v1/keys", shopKey)
        #expect(missing.status == 400)
        #expect(missing.code == "idempotency_key_missing")
        let malformed = try await client.post("/v1/keys", shopKey, key: String(repeating: "k", count: 256))
        #expect(malformed.code == "idempotency_key_malformed")
    }

    @Test func nobodyGivesMoreThanTheyHave() async throws {
        let manager = try await store.create(
            name: "manager", scopes: [.keysManage], expiresAt: nil, actor: "test"
        ).token
        let refused = try await client(token: manager).post(
            "/v1/keys", #"{"name": "x", "scopes": ["keys:manage", "orders:write"]}"#)
        #expect(refused.status == 422)
        #expect(refused.json["errors"]?.array?.first?["pointer"]?.string == "/scopes/1")
    }

    @Test(arguments: [nil, "", "dsk_x", "dsk_01jd3q8f6v000_AAAA"]) func withoutAKeyNothingIsSaid(
        _ token: String?
    ) async throws {
        let answer = try await client().send(.get, "/v1/keys", token: .some(token))
        #expect(answer.status == 401)
        #expect(answer.code == "unauthenticated")
        #expect(answer.header("www-authenticate") != nil)
        #expect(answer.header("content-type") == "application/problem+json")
    }

    @Test func aProblemHasAllItsMembers() async throws {
        let answer = try await client().send(
            .post, "/v1/keys", #"{"name": "", "scopes": ["orders:fly"], "extra": 1}"#, key: "k",
            headers: ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
        #expect(answer.status == 422)
        let json = answer.json
        #expect(json["type"]?.string == "/problems/invalid_request")
        #expect(json["title"]?.string == "Invalid request")
        #expect(json["status"]?.integer == 422)
        #expect(json["detail"]?.string?.isEmpty == false)
        #expect(json["instance"]?.string == "/v1/keys")
        #expect(json["code"]?.string == "invalid_request")
        #expect(json["trace_id"]?.string == "0af7651916cd43dd8448eb211c80319c")
        #expect(
            json["errors"]?.array?.compactMap { $0["pointer"]?.string } == ["/name", "/scopes/0", "/extra"])
    }

    @Test(arguments: [
        ("{", "application/json", 400, "malformed_json"),
        ("{\"name\": 1, \"name\": 2}", "application/json", 400, "malformed_json"),
        (String(repeating: "[", count: 40), "application/json", 400, "malformed_json"),
        ("[]", "application/json", 422, "invalid_request"),
        ("{}", "text/plain", 415, "unsupported_media_type"),
        ("{}", "", 415, "unsupported_media_type"),
        ("{}", "application/json; charset=utf-8", 422, "invalid_request"),
    ])
    func bodiesAreChecked(_ body: String, _ type: String, _ status: Int, _ code: String) async throws {
        let answer = try await client().send(.post, "/v1/keys", body, key: "k", headers: ["content-type": type])
        #expect(answer.status == status)
        #expect(answer.code == code)
    }

    @Test(arguments: [(-1, 422), (0, 422), (1, 413)]) func bodiesHaveALimit(_ more: Int, _ status: Int) async throws {
        let empty = #"{"name": ""}"#
        let limit = 1000
        let body = #"{"name": "\#(String(repeating: "n", count: limit - empty.utf8.count + more))"}"#
        let answer = try await client(APIConfiguration(bodyBytesMax: limit)).post("/v1/keys", body)
        #expect(answer.status == status)
    }

    @Test func aFloodIsSlowedDown() async throws {
        let client = client(APIConfiguration(requestsPerSecond: 1, requestBurst: 2))
        #expect(try await client.get("/v1/keys").status == 200)
        #expect(try await client.get("/v1/keys").status == 200)
        let answer = try await client.get("/v1/keys")
        #expect(answer.status == 429)
        #expect(answer.header("retry-after") == "1")
        clock.advance(.seconds(1))
        #expect(try await client.get("/v1/keys").status == 200)
    }

    @Test func unknownAddressesAndMethodsAreToldApart() async throws {
        let client = client()
        let unknown = try await client.get("/v1/nowhere")
        #expect(unknown.status == 404)
        #expect(unknown.code == "not_found")
        let method = try await client.send(.patch, "/v1/keys")
        #expect(method.status == 405)
        #expect(method.header("allow")?.contains("GET") == true)
        #expect(method.header("x-request-id")?.count == 32)
        let literal = try await client.send(.delete, "/v1/stock/adjust")
        #expect(literal.header("allow") == "POST", "not what /v1/stock/{sku} takes")
    }

    @Test func listsGoOnWhereTheyEnded() async throws {
        let client = client()
        for _ in 0..<4 { _ = try await client.post("/v1/keys", shopKey) }
        var ids: [String] = []
        var path: String? = "/v1/keys?limit=2"
        while let next = path {
            let answer = try await client.get(next)
            #expect(answer.status == 200)
            ids += answer.json["data"]?.array?.compactMap { $0["id"]?.string } ?? []
            path = answer.json["next"]?.string.map { "/v1/keys?limit=2&after=\($0)" }
            #expect(answer.header("link").map { $0.contains(path ?? "?") } ?? (path == nil))
        }
        #expect(ids.count == 5)
        #expect(Set(ids).count == 5)
        #expect(ids == ids.sorted())
    }

    @Test(arguments: ["limit=0", "limit=201", "limit=x", "after=!", "unknown=1", "limti=5"])
    func queriesAreChecked(_ query: String) async throws {
        let answer = try await client().get("/v1/keys?\(query)")
        #expect(answer.status == 400)
        #expect(answer.code == "malformed_query")
        #expect(answer.json["errors"]?.array?.count == 1)
    }

    @Test func headIsGetWithoutABody() async throws {
        let answer = try await client().send(.head, "/v1/keys")
        #expect(answer.status == 200)
        #expect(answer.bytes.isEmpty)
    }

    @Test func rotationAndRevocation() async throws {
        let client = client()
        let made = try await client.post("/v1/keys", shopKey)
        let id = try #require(made.json["id"]?.string)
        let rotated = try await client.post("/v1/keys/\(id)/rotate", #"{"overlap_seconds": 0}"#)
        #expect(rotated.status == 200)
        #expect(rotated.json["token"]?.string != made.json["token"]?.string)
        #expect(try await client.send(.delete, "/v1/keys/\(id)").status == 204)
        #expect(try await client.send(.delete, "/v1/keys/\(id)").status == 204, "deleting twice is deleting")
        #expect(try await client.post("/v1/keys/\(id)/rotate").status == 404)
        #expect(try await client.send(.delete, "/v1/keys/nonsense").status == 404)
        let log = try await client.get("/v1/audit-log")
        #expect(
            log.json["data"]?.array?.compactMap { $0["action"]?.string }
                == ["create_key", "create_key", "rotate_key", "revoke_key"])
    }
}
