import Contracts
import Foundation
import Kernel
import Testing

@testable import HTTPAPI

@Suite struct EventRoutesTests {
    let system: TestSystem
    var client: TestClient { system.client }

    init() async throws { system = try await TestSystem() }

    @Test func aFeedIsDenseAndGoesOnWhereItEnded() async throws {
        try await system.stock("A", 3)
        _ = try await system.order("A")
        let head = try await system.services.figures().heads[.orders] ?? 0
        var positions: [String] = []
        var path = "/v1/feeds/orders/0?limit=2"
        while true {
            let answer = try await client.get(path)
            #expect(answer.header("content-type") == "application/cloudevents-batch+json")
            let events = answer.json.array ?? []
            if events.isEmpty { break }
            positions += events.compactMap { $0["sequence"]?.string }
            let link = try #require(answer.header("link"))
            path = String(link.dropFirst().prefix { $0 != ">" })
        }
        #expect(positions.count >= Int(head))
        #expect(positions == (1...positions.count).map { String($0) })
    }

    @Test func aFeedWaitsForTheFirstEvent() async throws {
        async let waiting = client.get("/v1/feeds/orders/0?wait=20")
        while system.services.eventStream.subscriberCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
        _ = try await client.post("/v1/products", #"{"sku": "A", "name": "A", "weight_grams": 1}"#)
        #expect(try await waiting.json.array?.first?["type"]?.string == "ProductRegistered")
    }

    @Test func aFeedThatStaysEmptyAnswersInTime() async throws {
        let answer = try await client.get("/v1/feeds/shipping/0?wait=1")
        #expect(answer.text == "[]")
        #expect(system.services.eventStream.subscriberCount == 0)
    }

    @Test func partitionsAndPositionsAreChecked() async throws {
        #expect(try await client.get("/v1/feeds/orders/x").status == 404)
        #expect(try await client.get("/v1/feeds/nothing/0").status == 404)
        #expect(try await client.get("/v1/feeds/orders/0?after=-1").status == 400)
        #expect(try await client.get("/v1/feeds/orders/0?limit=1001").status == 400)
    }

    @Test func listenersHearWhatHappens() async throws {
        async let heard = client.get("/v1/events?topics=orders")
        while system.services.eventStream.subscriberCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
        _ = try await client.post("/v1/products", #"{"sku": "A", "name": "A", "weight_grams": 1}"#)
        _ = try await system.eventually("/v1/products?sku=A") { $0["data"]?.array?.isEmpty == false }
        system.services.eventStream.close()
        let text = try await heard.text
        #expect(text.contains("event: ProductRegistered\ndata: {\"specversion\":\"1.0\""))
        #expect(text.contains("id: orders-0-1\n"))
    }

    @Test func aMessageOfSeveralLinesIsOneMessage() {
        #expect(
            ServerSentEvents.message(id: "1", event: "x", data: "a\nb") == "id: 1\nevent: x\ndata: a\ndata: b\n\n")
    }

    @Test func aStoryKeepsCauseBeforeEffect() {
        let now = Instant(milliseconds: 5)
        let order = OrderID(rawValue: 1)
        func at(_ position: Int64, _ event: Event, _ time: Instant) -> Envelope {
            Envelope(partition: 0, position: position, recordedAt: time, event: event)
        }
        let place = Destination(country: "DE", place: GeoPoint(latitude: 1, longitude: 1) ?? Self.nowhere)
        let orders = [
            at(1, .orders(.orderCreated(OrderCreated(orderID: order, lines: [], destination: place))), now),
            at(2, .orders(.orderConfirmed(OrderConfirmed(orderID: order))), now),
        ]
        let warehouse = [
            at(7, .warehouse(.stockReserved(StockReserved(orderID: order, request: 1, fulfillments: []))), now)
        ]
        #expect(
            Timeline.merge([orders, warehouse, []]).map(\.event.type)
                == ["OrderCreated", "StockReserved", "OrderConfirmed"])
    }

    private static var nowhere: GeoPoint { preconditionFailure("1, 1 is a place") }
}
