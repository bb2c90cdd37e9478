import Catalog
import Foundation
import Kernel
import Orders
import OrdersService
import Runtime
import Warehouse
import WarehouseService

/// The invented shop of a benchmark: 200 products in three warehouses, with stock for every order.
struct BenchShop: Sendable {
    static let productCount = 200
    private static let client: Int64 = 1

    let skus: [String]
    let linesPerOrder: Int

    private static let skus = (1...productCount).map { "BENCH-\($0)" }

    /// The shop that another process has opened in the same store.
    static func asOpened(linesPerOrder: Int) -> BenchShop { BenchShop(skus: skus, linesPerOrder: linesPerOrder) }

    /// - Parameters:
    ///   - orders: how many the stock must last for.
    ///   - linesPerOrder: 1 or more.
    static func open(
        in system: DoorstepSystem, orders: Int, linesPerOrder: Int
    ) async throws(Fault) -> BenchShop {
        let commands = skus.map { CreateProduct(sku: $0, name: "Product \($0)", weightGrams: 400) }
        guard case .products(let results) = try await system.ask(.createProducts(commands)) else {
            throw Fault("refused", retryable: false, "products")
        }
        let products = results.compactMap { try? $0.get().id }
        precondition(products.count == skus.count, "\(products.count) of \(skus.count) products")
        // Sourcing takes the nearest warehouse first: each has enough for all.
        let pieces = orders * linesPerOrder * 2 / productCount + 1000
        for command in DemoCatalog.warehouses {
            guard case .warehouse(let site) = try await system.ask(.registerWarehouse(command)) else { continue }
            try await system.askUntilAccepted(
                .receiveStock(
                    ReceiveStock(
                        warehouseID: site.id,
                        lines: products.map { PlaceHold.Line(productID: $0, quantity: pieces) },
                        reference: "bench-\(site.code)")))
        }
        return BenchShop(skus: skus, linesPerOrder: linesPerOrder)
    }

    /// A shopper's request: the same number makes the same one.
    func placement(_ number: Int) -> (PlaceOrder, IdempotencyKey) {
        var random = SeededGenerator(seed: UInt64(number) &* 7919 &+ 17)
        let first = Int(random.next() % UInt64(skus.count))
        let lines = (0..<linesPerOrder).map { line in
            PlaceOrder.Line(
                item: .goods(sku: skus[(first + line * 37) % skus.count]), quantity: 1,
                unitPrice: Money(1990 + Int64(line) * 500, .eur))
        }
        let isGerman = random.chance(0.7)
        let order = PlaceOrder(
            client: Self.client, number: "B-\(number)", customer: "customer-\(number % 10_000)", lines: lines,
            addressee: Addressee(
                name: "A. Customer", street: "Main Street 1", city: "Town", postalCode: "10115",
                country: isGerman ? "DE" : "FR", email: "customer@shop.example"),
            paymentMethod: "tok_ok", trackingToken: TrackingToken(from: &random))
        let key = IdempotencyKey(
            client: Self.client, key: "bench-\(number)",
            fingerprint: (0..<32).map { UInt8(truncatingIfNeeded: number &+ $0) })
        return (order, key)
    }

    /// What is kept for a repeated request.
    static func rendered(_ reply: OrdersReply) -> [UInt8] {
        guard case .placed(let receipt) = reply else { return [] }
        var json = JSONWriter(reserving: 128)
        json.object { json in
            json.member("id", receipt.id)
            json.member("status", "placed")
        }
        return json.bytes
    }
}
