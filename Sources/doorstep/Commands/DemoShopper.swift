import AsyncHTTPClient
import Kernel
import NIOCore

/// Orders from the demo catalog over HTTP, as a shop would.
struct DemoShopper: Sendable {
    let url: String
    let token: String
    let seed: UInt64
    /// Every second order then wants the one product of which there are few.
    let wantsHotSKU: Bool

    /// Places the order with this number: the same number and seed make the same order.
    ///
    /// - Returns: the status of the answer.
    /// - Throws: when there is no answer within 30 seconds.
    func place(_ number: Int) async throws -> UInt {
        var random = SeededGenerator(seed: seed &+ UInt64(number) &* 7919)
        let isHot = wantsHotSKU && number % 2 == 0
        let products = DemoCatalog.products.filter { $0.sku != DemoCatalog.hotSKU }
        let sku = isHot ? DemoCatalog.hotSKU : products[Int(random.next() % UInt64(products.count))].sku
        let body = DemoOrder.body(
            lines: [(sku, isHot ? 1 : Int(random.next() % 3) + 1, 990)],
            country: random.chance(0.7) ? "DE" : "FR", city: "Town",
            method: random.chance(0.03) ? "tok_declined" : "tok_ok")
        var request = HTTPClientRequest(url: "\(url)/v1/orders")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: "demo-\(seed)-\(number)")
        request.headers.add(name: "prefer", value: "wait=5")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response.status.code
    }

    /// Places one order after another, `perSecond` of them, until the task is cancelled.
    func stream(perSecond: Double) async {
        var number = 0
        while !Task.isCancelled {
            do {
                _ = try await place(number)
                number += 1
                try await Task.sleep(for: .seconds(1 / perSecond))
            } catch is CancellationError {
                return
            } catch {
                Terminal.tell("The demo's shopper got no answer: \(error)")
                return
            }
        }
    }
}
