import Contracts
import Kernel
import Runtime
import ShippingService
import Synchronization
import Testing

@testable import HTTPAPI

/// Requests that another process has to answer, and strangers who pretend to be one.
@Suite struct ForwardingTests {
    private final class Neighbor: Peers {
        let secret = "whsec_bmVpZ2hib3JzIGtub3cgb25lIGFub3RoZXIgYnkgdGhpcw=="
        private let sent = Mutex<[(request: ForwardedRequest, address: String)]>([])

        var requests: [(request: ForwardedRequest, address: String)] { sent.withLock { $0 } }

        func address(of topic: Topic, partition: Int?) async -> String? { "http://127.0.0.1:9" }

        func send(_ request: ForwardedRequest, to address: String) async -> ForwardedReply? {
            sent.withLock { $0.append((request, address)) }
            let body = Array(#"{"message": "Status Updated & Notification Sent"}"#.utf8)
            return ForwardedReply(status: 200, headers: [("content-type", "application/json")], body: body)
        }
    }

    let system: TestSystem
    private let neighbor = Neighbor()
    private let client: TestClient

    init() async throws {
        system = try await TestSystem()
        let services = system.services
        // Nobody opened Shipping's partition here.
        let mailbox = ServiceMailbox<ShippingCommand, ShippingReply>(
            topic: .shipping, partitionCount: 1, routing: CommandRouting { _ in .first })
        client = TestClient(
            APIServices(
                orders: services.orders, warehouse: services.warehouse,
                shipping: ServiceAccess(mailbox: mailbox, reads: services.shipping.reads), access: services.access,
                clock: system.clock, configuration: services.configuration, peers: neighbor), token: system.token)
    }

    private func report(
        _ target: String = "/v1/shipments/shp_01jd3q8f6v000/status", more: [String: String] = [:]
    ) async throws -> TestAnswer {
        let body = #"{"status": "IN_TRANSIT", "timestamp": "\#(system.clock.now)"}"#
        let headers = system.signature("swift", body).merging(more) { $1 }
        return try await client.send(.post, target, body, headers: headers, token: .some(nil))
    }

    @Test func aRequestGoesOneHopFurtherMarkedWithOurSecret() async throws {
        #expect(try await report(more: ["doorstep-forwarded": "whsec_c3RyYW5nZXI="]).status == 200)
        let (request, address) = try #require(neighbor.requests.first)
        #expect(address == "http://127.0.0.1:9")
        #expect(request.target == "/v1/shipments/shp_01jd3q8f6v000/status")
        let marks = request.headers.filter { $0.name == ForwardedRequest.secretField }.map(\.value)
        #expect(marks == [neighbor.secret], "not what the caller wrote there")
        #expect(request.headers.contains { $0.name == "webhook-signature" }, "checked again by whoever answers")
    }

    @Test func whatWasSentOnIsNotSentOnAgain() async throws {
        #expect(try await report(more: ["doorstep-forwarded": neighbor.secret]).status == 503)
        #expect(neighbor.requests.isEmpty)
    }

    /// The target of a request may be a whole address (RFC 9112, section 3.2.2).
    @Test func anAddressAsTargetLeadsNowhereElse() async throws {
        let target = "http://evil.example:1/v1/shipments/shp_01jd3q8f6v000/status?a=1"
        _ = try await report(target)
        for (request, _) in neighbor.requests {
            #expect(request.target == "/v1/shipments/shp_01jd3q8f6v000/status?a=1")
        }
    }

    /// Between processes a batch was checked as a whole already; whoever only says so is not believed.
    @Test(arguments: ["", "whsec_", "whsec_c3RyYW5nZXI="]) func strangersAreNoNeighbors(_ mark: String) async throws {
        let body =
            #"{"events": [{"tracking_number": "TN1", "status": "DELIVERED", "timestamp": "2026-11-24T08:00:00Z"}]}"#
        let answer = try await client.send(
            .post, "/v1/carriers/swift/tracking-events", body, headers: ["doorstep-forwarded": mark],
            token: .some(nil))
        #expect(answer.status == 401)
        #expect(neighbor.requests.isEmpty)
    }
}
