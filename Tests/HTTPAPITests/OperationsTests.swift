import Kernel
import Runtime
import Testing

@testable import HTTPAPI

@Suite struct OperationsTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    @Test func aSystemThatWorksIsLiveAndReady() async throws {
        #expect(try await client.send(.get, "/livez", token: .some(nil)).status == 200)
        #expect(try await client.send(.get, "/readyz", token: .some(nil)).json["status"]?.string == "ready")
    }

    @Test func aStoppedStoreIsNotReady() async throws {
        system.services.shipping.reads.stop()
        let answer = try await client.send(.get, "/readyz", token: .some(nil))
        #expect(answer.status == 503)
        #expect(answer.header("retry-after") != nil)
        #expect(try await client.get("/v1/shipments").status == 503)
        #expect(try await client.get("/v1/orders").status == 200, "the others go on")
    }

    @Test func metricsAreWhatPrometheusReads() async throws {
        try await system.stock("A", 3)
        _ = try await system.order("A")
        let text = try await client.get("/metrics").text
        #expect(text.contains("doorstep_http_requests_total{method=\"POST\",route=\"/v1/orders\",status=\"201\"} 1\n"))
        #expect(text.contains("doorstep_http_request_seconds_count{method=\"POST\",route=\"/v1/orders\"} 1\n"))
        for name in [
            "doorstep_orders", "doorstep_lag_events", "doorstep_effects_pending", "doorstep_circuit_open",
            "doorstep_commit_events_bucket", "doorstep_dead_letters",
        ] { #expect(text.contains("\n\(name)"), "\(name)") }
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let value = line.split(separator: " ").last.flatMap { Double($0) }
            #expect(value != nil, "\(line)")
        }
    }

    @Test func aHistogramCountsUpToItsLimits() {
        var histogram = Histogram(limits: [1, 2])
        for value in [0.5, 1, 1.5, 2, 3] { histogram.add(value) }
        var text = MetricsText()
        text.histogram("h", [], histogram)
        #expect(
            text.text == "h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 4\nh_bucket{le=\"+Inf\"} 5\nh_sum 8\nh_count 5\n")
    }

    @Test func circuitsAreShown() async throws {
        let answer = try await client.get("/v1/circuits")
        #expect(answer.status == 200)
        let circuit = try #require(answer.json["data"]?.array?.first)
        #expect(circuit["destination"]?.string?.isEmpty == false)
        #expect(circuit["state"]?.string == "open" || circuit["state"]?.string == "closed")
    }

    @Test func theAuditsResultIsShown() async throws {
        #expect(try await client.get("/v1/audit").status == 503)
        system.services.auditBoard.post(
            AuditReport(
                finishedAt: system.clock.now,
                checks: [AuditCheck(name: "nothing is lost", figure: 3, offenders: ["ord_x"])]))
        let answer = try await client.get("/v1/audit")
        #expect(answer.json["holds"]?.bool == false)
        #expect(answer.json["checks"]?.array?.first?["offenders"]?.array == [.string("ord_x")])
    }

    @Test func countsAreShown() async throws {
        try await system.stock("A", 3)
        _ = try await system.order("A")
        system.clock.advance(.seconds(2))
        let answer = try await client.get("/v1/stats")
        let orders = answer.json["orders"]?.object?.compactMap { $0.value.integer }.reduce(0, +)
        #expect(orders == 1)
        let lag = try await system.eventually("/v1/stats") { document in
            // Figures are kept for a second.
            system.clock.advance(.seconds(2))
            return document["lag"]?.array?.contains { $0["service"]?.string == "search" } == true
        }
        #expect(lag["lag"]?.array?.count == 9)
    }

    @Test func deadLettersAreListedAndUnknownOnesNotFound() async throws {
        #expect(try await client.get("/v1/dead-letters/orders").json["data"]?.array == [])
        #expect(try await client.get("/v1/dead-letters/nothing").status == 404)
        #expect(try await client.post("/v1/dead-letters/orders/1/replay").status == 404)
        #expect(try await client.post("/v1/dead-letters/orders/1/discard", #"{"reason": "x"}"#).status == 404)
    }

    @Test func webhookEndpointsShowTheirSecretOnce() async throws {
        let body = #"{"url": "https://shop.example.com/hook", "types": ["order.confirmed"]}"#
        let made = try await client.post("/v1/webhook-endpoints", body, key: "k")
        #expect(made.status == 201)
        #expect(made.json["secret"]?.string?.hasPrefix("whsec_") == true)
        let again = try await client.post("/v1/webhook-endpoints", body, key: "k")
        #expect(again.json["id"] == made.json["id"])
        #expect(again.json["secret"] == nil)
        let path = try #require(made.header("location"))
        #expect(try await client.get(path).json["secret"] == nil)

        try await system.stock("A", 1)
        _ = try await system.order("A")
        let log = try await system.eventually("\(path)/deliveries") {
            $0["data"]?.array?.first?["status"]?.string == "delivered"
        }
        let delivery = try #require(log["data"]?.array?.first)
        #expect(delivery["type"]?.string == "order.confirmed")
        let number = try #require(delivery["id"]?.string)
        let replayed = try await client.post("\(path)/deliveries/\(number)/replay")
        #expect(replayed.status == 202)
        let both = try await system.eventually("\(path)/deliveries") { $0["data"]?.array?.count == 2 }
        #expect(both["data"]?.array?.first?["message_id"] == delivery["message_id"])
        #expect(try await client.send(.delete, path).status == 204)
        #expect(try await client.get(path).json["is_active"]?.bool == false)
        let unknown = try await client.post("\(path)/deliveries/dlv_01jd3q8f6v000/replay")
        #expect(unknown.status == 404)
        #expect(try await client.post("/v1/webhook-endpoints", #"{"url": "ftp://example.com"}"#).code == "invalid_url")
    }
}
