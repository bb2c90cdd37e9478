import Catalog
import Contracts
import Kernel
import OrdersService
import Runtime
import Synchronization
import Warehouse
import WarehouseService

/// The day before the first order: products, two warehouses, and stock that will not do for the first product.
enum Opening {
    static func run(_ system: SimulatedSystem, skus: [String], orders: Int) throws {
        let products = try create(skus, system)
        while try system.warehouse.step() > 0 {}
        let sites = [("BER", "DE", 52.5, 13.4), ("PAR", "FR", 48.9, 2.3)]
        for (index, site) in sites.enumerated() {
            guard let place = GeoPoint(latitude: site.2, longitude: site.3) else { continue }
            let opened = try ask(
                .registerWarehouse(RegisterWarehouse(code: site.0, name: site.0, country: site.1, place: place)), system
            )
            guard case .warehouse(let warehouse) = opened else { throw unexpected(opened) }
            let lines = products.enumerated().map { place, product in
                PlaceHold.Line(
                    productID: product, quantity: place == 0 ? max(1, orders / 10) : orders / (index + 1) + 10)
            }
            _ = try ask(
                .receiveStock(ReceiveStock(warehouseID: warehouse.id, lines: lines, reference: "DN-\(index)")), system)
        }
    }

    private static func create(_ skus: [String], _ system: SimulatedSystem) throws(Fault) -> [ProductID] {
        let answer = Box<OrdersReply>()
        let commands = skus.enumerated().map { index, sku in
            CreateProduct(sku: sku, name: "Product \(index)", weightGrams: 100 + 700 * index)
        }
        system.orders.mailbox.submit(Submission(.createProducts(commands)) { answer.put($0) })
        try system.orders.step()
        guard case .products(let results) = answer.value else { throw unexpected(answer.value) }
        return results.compactMap { try? $0.get().id }
    }

    private static func ask(
        _ command: WarehouseCommand, _ system: SimulatedSystem
    ) throws(Fault) -> WarehouseReply? {
        let answer = Box<WarehouseReply>()
        system.warehouse.mailbox.submit(Submission(command) { answer.put($0) })
        try system.warehouse.step()
        return answer.value
    }

    private static func unexpected(_ reply: Any?) -> Fault {
        Fault("unexpected_answer", retryable: false, "\(String(describing: reply))")
    }

    private final class Box<Reply: Sendable>: Sendable {
        private let content = Mutex<Reply?>(nil)
        var value: Reply? { content.withLock { $0 } }
        func put(_ answer: Answer<Reply>) {
            if case .accepted(let reply) = answer { content.withLock { $0 = reply } }
        }
    }
}
