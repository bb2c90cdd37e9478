import Catalog
import Kernel
import OnlineRetail
import OrdersService
import Runtime
import Warehouse
import WarehouseService

/// The shop of the file, opened in a fresh system: its products, and three invented warehouses with invented stock.
struct RetailShop: Sendable {
    let products: [String: ProductID]
    let warehouses: [WarehouseID]

    /// Invented: the file names no warehouse. Three places in the shop's country.
    static let invented: [(code: String, name: String, latitude: Double, longitude: Double)] = [
        ("LON", "London (invented)", 51.51, -0.13), ("MAN", "Manchester (invented)", 53.48, -2.24),
        ("BRS", "Bristol (invented)", 51.45, -2.59),
    ]

    private static let pieceSize = 500

    /// - Throws: `refused` with the rejection's code, for example where a product exists already.
    static func open(_ file: RetailFile, in system: DoorstepSystem) async throws(Fault) -> RetailShop {
        let products = try await register(file.products, in: system)
        var sites: [WarehouseID] = []
        for place in invented {
            guard let point = GeoPoint(latitude: place.latitude, longitude: place.longitude) else { continue }
            let command = RegisterWarehouse(code: place.code, name: place.name, country: "GB", place: point)
            if case .warehouse(let site) = try await system.ask(.registerWarehouse(command)) { sites.append(site.id) }
        }
        precondition(sites.count == 3, "\(sites.count) warehouses")
        for (index, site) in sites.enumerated() {
            let lines = file.products.compactMap { product in
                products[product.sku].map {
                    PlaceHold.Line(productID: $0, quantity: product.inventedStock[index])
                }
            }
            try await receive(lines, at: site, reference: "invented-\(invented[index].code)", in: system)
        }
        return RetailShop(products: products, warehouses: sites)
    }

    private static func register(
        _ products: [RetailProduct], in system: DoorstepSystem
    ) async throws(Fault) -> [String: ProductID] {
        var ids: [String: ProductID] = [:]
        for start in stride(from: 0, to: products.count, by: pieceSize) {
            let commands = products[start..<min(start + pieceSize, products.count)].map {
                CreateProduct(sku: $0.sku, name: $0.name, weightGrams: $0.inventedWeightGrams)
            }
            guard case .products(let results) = try await system.ask(.createProducts(commands)) else { continue }
            for result in results {
                do throws(ProductRejection) {
                    let product = try result.get()
                    ids[product.sku.text] = product.id
                } catch {
                    throw Fault("refused", retryable: false, "\(error.code): \(error.detail)")
                }
            }
        }
        return ids
    }

    private static func receive(
        _ lines: [PlaceHold.Line], at site: WarehouseID, reference: String, in system: DoorstepSystem
    ) async throws(Fault) {
        for (number, start) in stride(from: 0, to: lines.count, by: pieceSize).enumerated() {
            // Warehouse learns products from Orders' events, a moment later.
            try await system.askUntilAccepted(
                .receiveStock(
                    ReceiveStock(
                        warehouseID: site, lines: Array(lines[start..<min(start + pieceSize, lines.count)]),
                        reference: "\(reference)-\(number + 1)")))
        }
    }
}
