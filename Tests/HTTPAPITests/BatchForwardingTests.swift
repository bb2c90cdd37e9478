import Contracts
import Foundation
import Hummingbird
import Kernel
import Runtime
import Synchronization
import Testing
import Warehouse
import WarehouseService

@testable import HTTPAPI

/// Other processes that answer what a test says, and remember what they were sent.
private final class ScriptedPeers: Peers {
    struct Sent: Sendable {
        let address: String
        let request: ForwardedRequest

        func header(_ name: String) -> String? { request.headers.first { $0.name == name }?.value }
        var body: JSONValue { (try? JSONValue(parsing: request.body)) ?? .null }
    }

    let secret = "secret"
    private let isAnybodyThere: Bool
    private let all = Mutex<[Sent]>([])

    init(isAnybodyThere: Bool = true) { self.isAnybodyThere = isAnybodyThere }

    var sent: [Sent] { all.withLock { $0 } }

    func address(of topic: Topic, partition: Int?) async -> String? {
        isAnybodyThere ? "http://\(topic.rawValue)-\(partition.map(String.init) ?? "any")" : nil
    }

    /// Refuses each element of a batch, and says which and who refused.
    func send(_ request: ForwardedRequest, to address: String) async -> ForwardedReply? {
        let sent = Sent(address: address, request: request)
        all.withLock { $0.append(sent) }
        var json = JSONWriter()
        json.object { json in
            json.member("results", array: sent.body["fulfillment_ids"]?.array ?? []) { json, id in
                json.object { json in
                    json.member("status", 404)
                    json.member("code", "fulfillment_not_found")
                    json.member("detail", "\(id.string ?? "") \(address)")
                }
            }
        }
        return ForwardedReply(status: 200, headers: [("content-type", "application/json")], body: json.bytes)
    }
}

/// What this process cannot answer goes on to the one that can, once.
@Suite struct BatchForwardingTests {
    private let system: TestSystem
    private let peers: ScriptedPeers
    private let client: TestClient

    init() async throws { (system, peers, client) = try await Self.make(ScriptedPeers()) }

    /// A process that runs Orders and Shipping and owns no partition of Warehouse's two.
    private static func make(_ peers: ScriptedPeers) async throws -> (TestSystem, ScriptedPeers, TestClient) {
        let system = try await TestSystem()
        let own = system.services
        let warehouse = ServiceMailbox(topic: .warehouse, partitionCount: 2, routing: WarehouseLogic.routing)
        let services = APIServices(
            orders: own.orders, warehouse: ServiceAccess(mailbox: warehouse, reads: own.warehouse.reads),
            shipping: own.shipping, access: own.access, clock: own.clock, configuration: own.configuration,
            peers: peers)
        return (system, peers, TestClient(services, token: system.token))
    }

    private static func fulfillment(_ number: Int64) -> String { FulfillmentID(rawValue: number << 2).text }

    @Test func aRequestAboutAnothersPartitionGoesToItsOwner() async throws {
        let body = #"{"fulfillment_ids": ["\#(Self.fulfillment(7))"]}"#
        let answer = try await client.send(.post, "/v1/handovers", body, key: "k")
        #expect(answer.status == 200)
        #expect(answer.json["results"]?.array?[0]["detail"]?.string?.hasSuffix(" http://warehouse-1") == true)
        let sent = try #require(peers.sent.first)
        #expect(peers.sent.count == 1)
        #expect(sent.request.target == "/v1/handovers")
        #expect(sent.header("idempotency-key") == "k")
        #expect(sent.header("authorization") == "Bearer \(system.token)")
        #expect(sent.header("doorstep-forwarded") == "secret")
        #expect(sent.request.body == Array(body.utf8))
    }

    @Test func aBatchGoesInPartsAndComesBackInOrder() async throws {
        let ids = [3, 2, 5, 4].map { Self.fulfillment($0) }
        let list = ids.map { "\"\($0)\"" }.joined(separator: ", ")
        let answer = try await client.send(.post, "/v1/handovers", #"{"fulfillment_ids": [\#(list)]}"#, key: "k")
        #expect(answer.status == 200)
        let results = answer.json["results"]?.array ?? []
        let owners = [1, 0, 1, 0].map { "http://warehouse-\($0)" }
        #expect(results.map { $0["detail"]?.string } == zip(ids, owners).map { "\($0) \($1)" })
        // Parts under one key would be taken for a repetition of one another.
        #expect(peers.sent.map { $0.header("idempotency-key") } == ["k/0", "k/1"])
    }

    @Test func whatWasSentOnIsNotSentOnAgain() async throws {
        let body = #"{"fulfillment_ids": ["\#(Self.fulfillment(7))"]}"#
        let answer = try await client.send(
            .post, "/v1/handovers", body, key: "k", headers: ["doorstep-forwarded": "secret"])
        #expect(answer.status == 503)
        #expect(answer.header("retry-after") != nil)
        #expect(peers.sent.isEmpty)
    }

    /// Whoever sent it knew the service alone; here its owner is known.
    @Test func whatWasSentToAnyProcessOfAServiceIsSentOnToItsOwnerOnce() async throws {
        let headers = ["doorstep-forwarded": "secret", "doorstep-forwarded-to-any": "1"]
        let ids = ([3, 2] as [Int64]).map { "\"\(Self.fulfillment($0))\"" }.joined(separator: ", ")
        let answer = try await client.send(
            .post, "/v1/handovers", #"{"fulfillment_ids": [\#(ids)]}"#, key: "k", headers: headers)
        #expect(answer.status == 200)
        #expect(peers.sent.map(\.address) == ["http://warehouse-0", "http://warehouse-1"])
        #expect(peers.sent.allSatisfy { $0.header("doorstep-forwarded-to-any") == nil })
    }

    /// Between strangers the mark alone opens nothing, and is not passed on.
    @Test func aMarkWithoutTheSecretIsDropped() async throws {
        let body = #"{"fulfillment_ids": ["\#(Self.fulfillment(7))"]}"#
        let answer = try await client.send(
            .post, "/v1/handovers", body, key: "k", headers: ["doorstep-forwarded-to-any": "1"])
        #expect(answer.status == 200)
        #expect(peers.sent.map { $0.header("doorstep-forwarded-to-any") } == [nil])
    }

    @Test func withoutAnOwnerTheCallerIsToldToComeAgain() async throws {
        let (_, peers, client) = try await Self.make(ScriptedPeers(isAnybodyThere: false))
        let answer = try await client.send(
            .post, "/v1/handovers", #"{"fulfillment_ids": ["\#(Self.fulfillment(7))"]}"#, key: "k")
        #expect(answer.status == 503)
        #expect(answer.code == "unavailable")
        #expect(answer.header("retry-after") == "2")
        #expect(peers.sent.isEmpty)
    }

    @Test func aRefusalOfOursIsNobodyElses() async throws {
        let answer = try await client.send(.post, "/v1/handovers", #"{"fulfillment_ids": ["x"]}"#, key: "k")
        #expect(answer.status == 422)
        #expect(peers.sent.isEmpty)
    }
}
