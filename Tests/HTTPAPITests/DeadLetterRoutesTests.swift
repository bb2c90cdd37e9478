import Kernel
import OrdersService
import Ports
import SQLiteStore
import Testing

@testable import HTTPAPI
@testable import Runtime

/// A poisonous input is set aside, and handled or given up by a person.
@Suite struct DeadLetterRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    /// An order whose process cannot be stored when its payment's outcome comes.
    private func poisoned() async throws -> String {
        try await system.stock("A", 3)
        system.world.hold(.authorizePayment)
        let order = try #require(try await system.order("A").json["id"]?.string)
        // Orders notes the reservation a moment after it was told.
        _ = try await system.eventually("/v1/orders") {
            $0["data"]?.array?.first?["reservation"]?.string == "reserved"
        }
        try change(
            """
            CREATE TRIGGER poison BEFORE UPDATE ON process_instances
            BEGIN SELECT RAISE(ABORT, 'poison'); END
            """)
        system.world.letGo()
        return order
    }

    private func repair() throws { try change("DROP TRIGGER poison") }

    private func change(_ sql: String) throws {
        let database = try SQLiteDatabase(path: system.folder.path + "/orders.db").connect(.write)
        defer { database.close() }
        try database.execute(sql)
    }

    private func letter() async throws -> JSONValue {
        let listed = try await system.eventually("/v1/dead-letters/orders") { $0["data"]?.array?.isEmpty == false }
        return try #require(listed["data"]?.array?.first)
    }

    @Test func aReplaySucceedsOnceTheCauseIsRepaired() async throws {
        let order = try await poisoned()
        let letter = try await letter()
        #expect(letter["input"]?.string == "outcome")
        #expect(letter["error"]?.string?.isEmpty == false)
        let path = "/v1/dead-letters/orders/\(try #require(letter["id"]?.integer))/replay"
        #expect(try await client.post("/v1/orders/\(order)/cancel").code == "entity_parked")

        let early = try await client.post(path)
        #expect(early.status == 409)
        #expect(early.code == "state_conflict")

        try repair()
        let replayed = try await client.post(path, key: "again")
        #expect(replayed.status == 200, "\(replayed.text)")
        #expect((replayed.json["handled"]?.integer ?? 0) >= 1)
        let repeated = try await client.post(path, key: "again")
        #expect(repeated.header("idempotent-replayed") == "true")
        #expect(try await client.get("/v1/dead-letters/orders").json["data"]?.array == [])
        _ = try await system.eventually("/v1/orders/\(order)") { $0["status"]?.string == "fulfilling" }
        let log = try await client.get("/v1/audit-log").json["data"]?.array ?? []
        let records = log.filter { $0["action"]?.string == "replay_dead_letter" }
        #expect(records.count == 1, "only what was done")
        #expect(records.first?["before"]?["input"]?.string == "outcome")
    }

    @Test func aDiscardedLetterIsKeptWithItsReason() async throws {
        _ = try await poisoned()
        let path = "/v1/dead-letters/orders/\(try #require(try await letter()["id"]?.integer))/discard"
        #expect(try await client.post(path).status == 422)
        let discarded = try await client.post(path, #"{"reason": "entered twice"}"#)
        #expect(discarded.json["handled"]?.integer == 1)
        let kept = try await letter()
        #expect(kept["discarded_because"]?.string == "entered twice")
        #expect(kept["allowed_actions"]?.array == [])
        let again = try await client.post(path, #"{"reason": "entered twice"}"#)
        #expect(again.status == 409)
        #expect(again.code == "state_conflict")
    }

    @Test func aWorkerThatDoesNotAnswerIsNotWaitedForForEver() async throws {
        let services = system.services
        let silent = ServiceAccess<OrdersCommand, OrdersReply>(
            mailbox: Mailbox(capacity: 10, signal: Signal()), reads: services.orders.reads)
        let stuck = APIServices(
            orders: silent, warehouse: services.warehouse, shipping: services.shipping, access: services.access,
            clock: system.clock,
            configuration: APIConfiguration(requestTimeout: .milliseconds(20), bodyTimeout: .milliseconds(20)))
        let answer = try await TestClient(stuck, token: system.token).post(
            "/v1/products", #"{"sku": "A", "name": "A", "weight_grams": 1}"#, key: "k")
        #expect(answer.status == 503)
        #expect(answer.code == "timed_out")
        #expect(answer.header("retry-after") == "1")
        let again = try await TestClient(stuck, token: system.token).post(
            "/v1/products", #"{"sku": "A", "name": "A", "weight_grams": 1}"#, key: "k")
        #expect(again.code == "timed_out" || again.code == "idempotency_key_in_flight")
    }
}
