import BPMN
import Foundation
import HTTPAPI
import Kernel
import Orders
import OrdersService
import Runtime
import Testing

@testable import Console

@Suite struct AttentionTests {
    @Test func aQuietSystemSaysSo() async throws {
        let bench = try ConsoleBench()
        let page = try await bench.get("/attention").text
        for text in ["No call waits or fails.", "No order has stopped.", "Nothing is parked."] {
            #expect(page.contains(text), "\(text)")
        }
        let overview = try await bench.get("/").text
        #expect(overview.contains("all answer"))
        #expect(!overview.contains("class=\"bad\""))
        #expect(overview.contains("There are no orders yet."))
    }

    @Test func whatIsDownIsNamed() async throws {
        let bench = try ConsoleBench(circuits: [
            CircuitView(
                destination: "carrier/swift", state: "open", failures: 7,
                since: Instant(milliseconds: 1_763_999_970_000),
                waiting: 12, inFlight: 0),
            CircuitView(
                destination: "payment", state: "closed", failures: 0, since: Instant(milliseconds: 0), waiting: 1,
                inFlight: 1),
        ])
        #expect(try await bench.get("/").text.contains("<dd>carrier swift down</dd>"))
        let page = try await bench.get("/attention").text
        #expect(page.contains("carrier swift</th><td><span class=\"pill bad\">down</span>"))
        #expect(page.contains(">30 s ago</time>"))
        #expect(page.contains("<td class=\"n\">7</td><td class=\"n\">12</td>"))
        #expect(page.contains("payment</th><td><span class=\"pill good\">answers</span>"))
    }

    @Test func aDeadLetterIsCountedAndShownUntilItIsDiscarded() async throws {
        let bench = try ConsoleBench()
        try bench.park(label: "orders/OrderCreated", error: "malformed <event>", discardedBecause: nil)
        try bench.park(label: "orders/OrderConfirmed", error: nil, discardedBecause: nil)
        try bench.park(label: "orders/OrderRejected", error: "x", discardedBecause: "known")
        #expect(try await bench.get("/").text.contains("Dead letters</a></dt><dd>2</dd>"))
        let page = try await bench.get("/attention").text
        #expect(page.contains("warehouse 1"))
        #expect(page.contains("malformed &lt;event&gt;"))
        #expect(page.contains("waits behind an earlier one"))
        #expect(!page.contains("OrderRejected"))
    }

    @Test func aStoppedOrderIsLinkedWithItsStep() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "processes/order-fulfillment.bpmn")
        let model = try ProcessModel(xml: Array(try Data(contentsOf: file)))
        let steps = ProcessSteps(model: model)
        #expect(steps.name("reserve-stock") == "Reserve stock")
        #expect(steps.name("no-such-element") == "no-such-element")
        let unnamed = try #require(model.nodes.first { $0.kind == .eventBasedGateway })
        #expect(steps.name(unnamed.id) == "Waits for delivered or returned or lost")
        let call = try #require(model.nodes.first { $0.kind == .callActivity })
        let list = steps.list(["reserve-stock": 2, call.id: 9, "confirm-order": 0])
        #expect(list.map(\.name) == ["Reserve stock"] && list.map(\.count) == [2])
    }
}
