import Kernel
import OrdersService
import Ports
import SQLiteStore
import Testing

@testable import HTTPAPI

/// What the search service cannot handle waits for a person as everywhere else.
@Suite struct SearchDeadLettersTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    @discardableResult
    private func search<Value>(_ body: (any DatabaseConnection) throws -> Value) throws -> Value {
        let database = try SQLiteDatabase(path: system.folder.path + "/search.db").connect(.write)
        defer { database.close() }
        return try body(database)
    }

    /// An order that waits for its payment, with a fold that cannot be read.
    /// - Returns: the order's id and the sound fold.
    private func poisoned() async throws -> (id: String, sound: String) {
        try await system.stock("MUG", 3)
        system.world.hold(.authorizePayment)
        let id = try #require(try await system.order("MUG").json["id"]?.string)
        _ = try await system.eventually("/v1/search") {
            $0["unread_events"]?.integer == 0 && $0["waiting_documents"]?.integer == 0
        }
        let number = try #require(OrderID(text: id)).rawValue
        let sound = try search { database in
            let sound = try database.first("SELECT fold FROM folds WHERE order_id = $1", [.integer(number)]) {
                $0.text(0)
            }
            try database.execute("UPDATE folds SET fold = '{' WHERE order_id = $1", [.integer(number)])
            return sound
        }
        return (id, try #require(sound))
    }

    private func letters(_ isReached: ([JSONValue]) -> Bool) async throws -> [JSONValue] {
        try await system.eventually("/v1/dead-letters/search") { isReached($0["data"]?.array ?? []) }["data"]?.array
            ?? []
    }

    @Test func aReplayCatchesUpOnceTheCauseIsRepaired() async throws {
        let (id, sound) = try await poisoned()
        system.world.letGo()
        let other = try #require(try await system.order("MUG").json["id"]?.string)
        _ = try await system.eventually("/v1/orders?q=order:\(other)%20status:fulfilling") {
            $0["total"]?.integer == 1
        }
        let number = try #require(OrderID(text: id)).rawValue
        let letter = try #require(try await letters { $0.count >= 2 }.first)
        #expect(letter["key"]?.string == String(number))
        #expect(letter["error"]?.string?.contains("malformed_document") == true)
        let path = "/v1/dead-letters/search/\(try #require(letter["id"]?.integer))/replay"
        #expect(try await client.post(path).status == 409)

        try search { database in
            try database.execute(
                "UPDATE folds SET fold = $2 WHERE order_id = $1", [.integer(number), .text(sound)])
        }
        let replayed = try await client.post(path)
        #expect(replayed.status == 200 && (replayed.json["handled"]?.integer ?? 0) >= 1, "\(replayed.text)")
        #expect(try await letters { $0.isEmpty }.isEmpty)
        _ = try await system.eventually("/v1/orders?q=order:\(id)%20status:fulfilling") { $0["total"]?.integer == 1 }
    }

    @Test func oneIsGivenUpForAReason() async throws {
        _ = try await poisoned()
        system.world.letGo()
        let letter = try #require(try await letters { !$0.isEmpty }.first?["id"]?.integer)
        let path = "/v1/dead-letters/search/\(letter)/discard"
        #expect(try await client.post(path, #"{"reason": "rebuilt instead"}"#).status == 200)
        #expect(try await client.post("/v1/dead-letters/search/99/replay").status == 404)
        let listed = try await letters { !$0.isEmpty }
        #expect(listed.first?["discarded_because"]?.string == "rebuilt instead")
    }

    /// A fold that was damaged is folded anew from the log, and one that cannot be read stops no other.
    @Test(arguments: [
        "{",
        #"{"events":1,"updated":1,"units":7,"state":1,"authorized":0,"captured":0,"refunded":0,"voided":0,"shares":[]}"#,
    ])
    func aRebuildFoldsTheLogAnew(damage: String) async throws {
        let (id, sound) = try await poisoned()
        let number = try #require(OrderID(text: id)).rawValue
        try search { database in
            try database.execute("UPDATE folds SET fold = $2 WHERE order_id = $1", [.integer(number), .text(damage)])
        }
        let former = try await client.get("/v1/search").json
        system.clock.advance(.seconds(1))
        #expect(try await client.post("/v1/search/rebuild", "{}").status == 202)
        _ = try await system.eventually("/v1/search") {
            $0["index"]?.string != former["index"]?.string && $0["building"] == nil
                && $0["waiting_documents"]?.integer == 0 && $0["refused_documents"]?.integer == 0
        }
        let mended = try search { database in
            try database.first("SELECT fold FROM folds WHERE order_id = $1", [.integer(number)]) { $0.text(0) }
        }
        #expect(mended == sound)
        system.world.letGo()
        _ = try await system.eventually("/v1/orders?q=order:\(id)%20status:fulfilling") { $0["total"]?.integer == 1 }
    }
}
