import Kernel
import Testing

@testable import HTTPAPI

/// Couriers: untrusted, late and repetitive.
@Suite struct CourierRoutesTests {
    let system: TestSystem
    let order: String
    let shipment: String
    /// Whoever has the label.
    let carrier: String

    init() async throws {
        system = try await TestSystem()
        try await system.stock("A", 1)
        order = try #require(try await system.order("A").json["id"]?.string)
        shipment = try await system.ship(order).shipment
        carrier = try #require(try await system.client.get("/v1/shipments/\(shipment)").json["carrier"]?.string)
    }

    private var other: String { carrier == "swift" ? "turtle" : "swift" }

    private func status() async throws -> String? {
        try await system.client.get("/v1/shipments/\(shipment)").json["status"]?.string
    }

    @Test func aReportIsTakenAndADuplicateChangesNothing() async throws {
        let first = try await system.report(shipment, "IN_TRANSIT", from: carrier)
        #expect(first.status == 200)
        let second = try await system.report(shipment, "IN_TRANSIT", from: carrier)
        #expect(second.status == 200)
        #expect(second.bytes == first.bytes)
        let read = try await system.client.get("/v1/shipments/\(shipment)")
        #expect(read.json["status"]?.string == "in_transit")
        #expect(read.json["events"]?.array?.count == 1)
    }

    @Test func lateReportsAreTakenAndDoNotTurnTheStatusBack() async throws {
        _ = try await system.report(shipment, "DELIVERED", from: carrier, id: "m2")
        let long = system.clock.now - .seconds(366 * 86_400)
        let late = try await system.report(shipment, "IN_TRANSIT", from: carrier, at: long, id: "m1")
        #expect(late.status == 200)
        #expect(try await status() == "delivered")
    }

    @Test func failedWithoutAReasonIsAnAttempt() async throws {
        _ = try await system.report(shipment, "FAILED", from: carrier)
        #expect(try await status() == "attempt_failed")
    }

    @Test(arguments: [
        (#"{"status": "LOST", "timestamp": "2026-11-24T08:00:00Z"}"#, "/status"),
        (#"{"timestamp": "2026-11-24T08:00:00Z"}"#, "/status"),
        (#"{"status": "DELIVERED"}"#, "/timestamp"),
        (#"{"status": "DELIVERED", "timestamp": "2026-11-24 08:00"}"#, "/timestamp"),
        (#"{"status": "DELIVERED", "timestamp": "2026-11-24T08:05:00.001Z"}"#, "/timestamp"),
        (
            #"{"status": "DELIVERED", "timestamp": "2026-11-24T08:00:00Z", "location": {"lat": 90.1, "lng": 0}}"#,
            "/location/lat"
        ),
        (
            #"{"status": "DELIVERED", "timestamp": "2026-11-24T08:00:00Z", "location": {"lat": 0, "lng": -180.1}}"#,
            "/location/lng"
        ),
        (#"{"status": "DELIVERED", "timestamp": "2026-11-24T08:00:00Z", "weather": "rain"}"#, "/weather"),
    ])
    func reportsAreChecked(_ body: String, _ pointer: String) async throws {
        let answer = try await system.client.send(
            .post, "/v1/shipments/\(shipment)/status", body, headers: system.signature(carrier, body))
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.array?.map { $0["pointer"]?.string } == [pointer])
    }

    @Test func fiveMinutesAheadIsStillTaken() async throws {
        let answer = try await system.report(
            shipment, "IN_TRANSIT", from: carrier, at: system.clock.now + .seconds(300))
        #expect(answer.status == 200)
    }

    @Test func whoDoesNotSignIsRefused() async throws {
        let body = #"{"status": "DELIVERED", "timestamp": "2026-11-24T08:00:00Z"}"#
        let path = "/v1/shipments/\(shipment)/status"
        let unsigned = try await system.client.send(.post, path, body)
        #expect(unsigned.status == 401)
        #expect(unsigned.code == "webhook_headers_missing")
        let wrong = try await system.client.send(.post, path, body, headers: system.signature("nobody", body))
        #expect(wrong.status == 401)
        #expect(wrong.code == "webhook_signature_wrong")
        let changed = try await system.client.send(
            .post, path, body + " ", headers: system.signature(carrier, body))
        #expect(changed.status == 401)
        let old = try await system.client.send(
            .post, path, body, headers: system.signature(carrier, body, age: .seconds(302)))
        #expect(old.code == "webhook_timestamp_too_old")
        #expect(try await status() == "created")
    }

    @Test func anotherCouriersShipmentDoesNotExist() async throws {
        #expect(try await system.report(shipment, "DELIVERED", from: other).status == 404)
        #expect(try await system.report("shp_01jd3q8f6v000", "DELIVERED", from: carrier).status == 404)
        #expect(try await system.report("nonsense", "DELIVERED", from: carrier).status == 404)
        #expect(try await status() == "created")
    }

    /// The address is not signed: what was overheard about one shipment must not deliver another.
    @Test func aMessageIsNotBelievedAboutAnotherShipment() async throws {
        try await system.stock("B", 1, in: "HAM")
        let second = try #require(try await system.order("B").json["id"]?.string)
        let elsewhere = try await system.ship(second).shipment
        let body = #"{"status": "DELIVERED", "timestamp": "\#(system.clock.now)"}"#
        let headers = system.signature(carrier, body, id: "overheard")
        func send(to shipment: String) async throws -> TestAnswer {
            try await system.client.send(.post, "/v1/shipments/\(shipment)/status", body, headers: headers)
        }
        #expect(try await send(to: shipment).status == 200)
        let replayed = try await send(to: elsewhere)
        #expect(replayed.status == 401 && replayed.code == "webhook_replayed")
        #expect(try await send(to: shipment).status == 200, "a repetition is no replay")
        system.clock.advance(.seconds(302))
        #expect(try await send(to: elsewhere).code == "webhook_timestamp_too_old")
        let read = try await system.client.get("/v1/shipments/\(elsewhere)")
        #expect(read.json["status"]?.string == "created")
    }

    @Test func manyReportsAreAnsweredEach() async throws {
        let read = try await system.client.get("/v1/shipments/\(shipment)")
        let number = try #require(read.json["tracking_number"]?.string)
        let event =
            #"{"tracking_number": "\#(number)", "status": "OUT_FOR_DELIVERY", "timestamp": "\#(system.clock.now)"}"#
        let body = """
            {"events": [\(event), \(event), \(event.replacing(number, with: "NO")), {"status": "DELIVERED"}, 5]}
            """
        let path = "/v1/carriers/\(carrier)/tracking-events"
        let answer = try await system.client.send(.post, path, body, headers: system.signature(carrier, body))
        #expect(answer.status == 200)
        #expect(
            answer.json["results"]?.array?.map { $0["result"]?.string }
                == ["recorded", "duplicate", "unknown_shipment", "invalid", "invalid"])
        #expect(try await status() == "out_for_delivery")
        let crossed = try await system.client.send(.post, path, body, headers: system.signature(other, body))
        #expect(crossed.status == 401)
        let unknown = try await system.client.send(
            .post, "/v1/carriers/nobody/tracking-events", body, headers: system.signature(carrier, body))
        #expect(unknown.status == 401)
    }
}
