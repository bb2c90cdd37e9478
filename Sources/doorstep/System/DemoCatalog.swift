import Catalog
import Kernel
import OrdersService
import Runtime
import Warehouse
import WarehouseService

/// An invented shop: some products, three warehouses and their stock.
enum DemoCatalog {
    static let products: [CreateProduct] = [
        ("MUG-RED", "Red mug", 380, 120, 90, 100), ("MUG-BLUE", "Blue mug", 380, 120, 90, 100),
        ("LAMP-DESK", "Desk lamp", 1450, 420, 180, 180), ("CHAIR-OAK", "Oak chair", 6200, 900, 450, 450),
        ("NOTE-A5", "Notebook A5", 240, 210, 148, 15), ("PEN-INK", "Fountain pen", 60, 170, 40, 30),
        ("BAG-CANVAS", "Canvas bag", 310, 400, 380, 20), ("CLOCK-WALL", "Wall clock", 900, 300, 300, 50),
        ("PLANT-FIG", "Fig tree", 5100, 1100, 300, 300), ("RADIO-FM", "FM radio", 1200, 240, 140, 90),
        ("BLANKET", "Wool blanket", 1800, 400, 300, 150), ("HOT-ITEM", "The last of its kind", 500, 200, 200, 200),
    ].enumerated().map { number, product in
        let (sku, name, grams, length, width, height) = product
        return CreateProduct(
            sku: sku, gtin: gtin(number), name: name, weightGrams: grams,
            dimensions: Dimensions(length: length, width: width, height: height))
    }

    /// A GTIN-13 that no shop sells: prefix 2 is for use inside a company.
    private static func gtin(_ number: Int) -> String {
        let digits = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, number / 10, number % 10]
        return (digits + [CheckDigit.gs1(digits)]).map(String.init).joined()
    }

    static let hotSKU = "HOT-ITEM"

    static let warehouses: [RegisterWarehouse] = [
        ("BER", "Berlin", "DE", 52.52, 13.40), ("LYS", "Lyon", "FR", 45.76, 4.84),
        ("LEJ", "Leipzig", "DE", 51.34, 12.37),
    ].compactMap { code, name, country, latitude, longitude in
        GeoPoint(latitude: latitude, longitude: longitude).map {
            RegisterWarehouse(code: code, name: name, country: country, place: $0)
        }
    }

    /// Puts the shop into an empty system; does nothing where its products exist.
    ///
    /// - Parameters:
    ///   - pieces: of each product in each warehouse.
    ///   - hotPieces: of the hot SKU, all in the first warehouse.
    /// - Throws: what the system answers when it does not take them.
    static func seed(_ system: DoorstepSystem, pieces: Int, hotPieces: Int) async throws(Fault) {
        guard case .products(let results) = try await system.ask(.createProducts(products)) else { return }
        var ids: [(sku: String, id: ProductID)] = []
        for result in results {
            if case .success(let product) = result { ids.append((product.sku.text, product.id)) }
        }
        guard ids.count == products.count else { return }
        var sites: [WarehouseSite] = []
        for command in warehouses {
            if case .warehouse(let site) = try await system.ask(.registerWarehouse(command)) { sites.append(site) }
        }
        for (index, site) in sites.enumerated() {
            let lines = ids.compactMap { entry -> PlaceHold.Line? in
                let quantity = entry.sku == hotSKU ? (index == 0 ? hotPieces : 0) : pieces
                return quantity > 0 ? PlaceHold.Line(productID: entry.id, quantity: quantity) : nil
            }
            // Warehouse learns products from Orders' events, a moment later.
            try await system.askUntilAccepted(
                .receiveStock(
                    ReceiveStock(warehouseID: site.id, lines: lines, reference: "first-delivery-\(site.code)")))
        }
    }
}

extension DoorstepSystem {
    /// - Throws: `refused` with the rejection's code.
    func ask(_ command: OrdersCommand, audit: AuditNote<OrdersReply>? = nil) async throws(Fault) -> OrdersReply {
        try Self.reply(await orders.mailbox.answer(to: command, audit: audit))
    }

    /// - Throws: `refused` with the rejection's code.
    func ask(_ command: WarehouseCommand) async throws(Fault) -> WarehouseReply {
        try Self.reply(await warehouse.mailbox.answer(to: command))
    }

    /// Asks again while a product is not known yet, for at most ten seconds.
    func askUntilAccepted(_ command: WarehouseCommand) async throws(Fault) {
        let deadline = clock.now + .seconds(10)
        while true {
            do throws(Fault) {
                _ = try await ask(command)
                return
            } catch {
                guard clock.now < deadline, error.debugDetail.contains("unknown_product") else { throw error }
                await OwnThread.run { Signal().wait(atMost: .milliseconds(10)) }
            }
        }
    }

    private static func reply<Reply>(_ answer: Answer<Reply>) throws(Fault) -> Reply {
        switch answer {
        case .accepted(let reply): return reply
        case .rejected(let rejection):
            throw Fault("refused", retryable: false, "\(rejection.code): \(rejection.detail)")
        case .unavailable(let fault): throw fault
        case .replayed, .keyReused, .parked: throw Fault("refused", retryable: false, "\(answer)")
        }
    }
}
