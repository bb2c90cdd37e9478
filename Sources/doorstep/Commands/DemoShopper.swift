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
    /// How many customers cancel as soon as their order is placed, 0–1.
    var cancelRate = 0.0

    /// Places the order with this number: the same number and seed make the same order. A few customers change their
    /// minds at once.
    ///
    /// - Returns: the status of the answer to the order.
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
        let placed = try await post("/v1/orders", body, key: "demo-\(seed)-\(number)", prefer: "wait=5")
        if random.chance(cancelRate), let id = try JSONValue(parsing: placed.body)["id"]?.string {
            // May come too late, or after the order was rejected: then it is refused.
            _ = try await post(
                "/v1/orders/\(id)/cancel", #"{"reason": "changed my mind"}"#, key: "demo-\(seed)-\(number)-cancel")
        }
        return placed.status
    }

    private func post(
        _ path: String, _ body: String, key: String, prefer: String? = nil
    ) async throws -> (status: UInt, body: [UInt8]) {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: key)
        if let prefer { request.headers.add(name: "prefer", value: prefer) }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (response.status.code, Array(buffer: try await response.body.collect(upTo: 1 << 20)))
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
