import Testing

@testable import doorstep

@Suite struct OneOrderRunTests {
    @Test func everyRunTellsTheSameStory() async throws {
        #expect(try await OneOrderRun.story() == OneOrderRun.story())
    }

    @Test func theStoryGoesFromCheckoutToTheDoor() async throws {
        let story = try await OneOrderRun.story()
        #expect(story.messages.first?.label == "POST /v1/orders")
        let facts = story.messages.filter { $0.kind == .event }.map(\.label)
        let milestones = [
            "OrderCreated", "StockReserved", "PaymentAuthorized", "OrderConfirmed", "FulfillmentPicked",
            "FulfillmentPacked", "ShipmentBooked", "FulfillmentHandedOver", "PaymentCaptured", "ShipmentDelivered",
            "OrderCompleted",
        ]
        #expect(facts.filter(milestones.contains) == milestones)
    }

    @Test func factsPointAtTheServicesThatActOnThem() async throws {
        let story = try await OneOrderRun.story()
        func readers(_ label: String) -> Set<OrderStory.Lane>? { story.messages.first { $0.label == label }?.to }
        #expect(readers("OrderCreated")?.contains(.warehouse) == true)
        #expect(readers("StockReserved") == [.orders])
        #expect(readers("ShipmentBooked")?.isSuperset(of: [.orders, .warehouse]) == true)
        #expect(readers("OrderCompleted") == [])
    }
}
