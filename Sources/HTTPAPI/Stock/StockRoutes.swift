import Kernel
import Ports
import Warehouse
import WarehouseService

/// What is where, and what changes it.
enum StockRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/stock", .scope(.stockRead)) { call async throws(Problem) in try await list(call, services) },
            .get("/v1/stock/{sku}", .scope(.stockRead)) { call async throws(Problem) in
                try await product(call, services)
            },
            .get("/v1/ledger", .scope(.stockRead)) { call async throws(Problem) in try await ledger(call, services) },
            .post("/v1/stock/receive", .scope(.stockWrite)) { call async throws(Problem) in
                try await receive(call, services)
            },
            .post("/v1/stock/adjust", .scope(.stockWrite)) { call async throws(Problem) in
                try await adjust(call, services)
            },
            .post("/v1/stock/transfer", .scope(.stockWrite)) { call async throws(Problem) in
                try await transfer(call, services)
            },
        ]
    }

    static let reference = 1...100

    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page(parts: 2)
        let warehouseID = query.id("warehouse_id", WarehouseKind.self)
        try query.finish()
        let after = page.after.map { StockKey(ProductID(rawValue: $0[0]), WarehouseID(rawValue: $0[1])) }
        let views = try await services.warehouse.reads.ask { database throws(Fault) in
            try WarehouseQueries(database).stock(in: warehouseID, after: after, limit: page.limit)
        }
        return .list(
            views, page, call: call,
            key: { [$0.stock.key.productID.rawValue, $0.stock.key.warehouseID.rawValue] }, { $0.write($1) })
    }

    /// Everywhere a product is, by its SKU, with what can be promised in total.
    private static func product(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let sku = call.parameter("sku")
        let now = services.clock.now
        let found = try await services.warehouse.reads.ask { database throws(Fault) in
            let queries = WarehouseQueries(database)
            guard let product = try queries.product(sku: sku) else { return StockOfProduct?.none }
            return StockOfProduct(
                product: product, views: try queries.stock(of: product.id),
                available: try queries.available(product.id, now: now))
        }
        guard let found else { throw .notFound("product") }
        return .object { json in
            json.member("product_id", found.product.id)
            json.member("sku", found.product.sku)
            json.member("name", found.product.name)
            json.member("available", found.available)
            json.member("warehouses", array: found.views) { json, view in json.object { $0.write(view) } }
        }
    }

    private struct StockOfProduct: Sendable {
        let product: ProductFacts
        let views: [StockView]
        let available: Int
    }

    /// The movements of one product in one warehouse, the newest first.
    private static func ledger(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        let sku = query.parsed("sku", "a SKU") { SKU($0) }
        let warehouseID = query.id("warehouse_id", WarehouseKind.self)
        query.require("sku", sku)
        query.require("warehouse_id", warehouseID)
        try query.finish()
        guard let sku, let warehouseID else { preconditionFailure("required parameters are missing") }
        let entries = try await services.warehouse.reads.ask { database throws(Fault) in
            let queries = WarehouseQueries(database)
            guard let product = try queries.product(sku: sku.text) else { return [LedgerEntry]?.none }
            return try queries.ledger(
                StockKey(product.id, warehouseID), before: page.after.map { Int($0[0]) }, limit: page.limit)
        }
        guard let entries else { throw .notFound("product") }
        return .list(entries, page, call: call, key: { [Int64($0.number)] }, { $0.write($1) })
    }

    private static func receive(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let warehouseID = body.id("warehouse_id", WarehouseKind.self)
        let reference = body.string("reference", length: reference)
        let lines = body.objects("lines", count: 1...2000) { line -> (ProductReference, Int)? in
            let product = line.product()
            let quantity = line.int("quantity", in: 1...WarehousePolicy.quantityMax)
            guard let product, let quantity else { return nil }
            return (product, quantity)
        }
        body.finish()
        guard body.isValid, let warehouseID, let reference, let lines else { throw body.problem }
        let ids = try await services.products.resolve(
            lines.enumerated().map { ($1.0, "/lines/\($0)/sku") })
        let command = ReceiveStock(
            warehouseID: warehouseID,
            lines: zip(ids, lines).map { PlaceHold.Line(productID: $0, quantity: $1.1) }, reference: reference,
            actor: call.actor)
        let audit = Audited(
            "receive_stock", warehouseID.text, reason: reference, before: stock(of: Set(ids).sorted(), in: warehouseID))
        return try await change(.receiveStock(command), audit, call, services)
    }

    private static func adjust(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let product = body.product()
        let warehouseID = body.id("warehouse_id", WarehouseKind.self)
        let reference = body.string("reference", length: reference)
        let counter =
            body.parsed("counter", required: false, "one of \(counterNames)") { name in
                StockCounter.allCases.first { $0.name == name }
            } ?? .onHand
        let change = readChange(body)
        body.finish()
        guard body.isValid, let product, let warehouseID, let reference, let change else { throw body.problem }
        let id = try await services.products.resolve([(product, "/sku")])[0]
        let command = AdjustStock(
            productID: id, warehouseID: warehouseID, counter: counter, change: change, reference: reference,
            actor: call.actor)
        return try await self.change(
            .adjustStock(command), Audited("adjust_stock", id.text, reason: reference, before: stock(of: id)), call,
            services)
    }

    private static let counterNames = StockCounter.allCases.map(\.name).joined(separator: ", ")

    /// `quantity` with the `expected` one that it replaces, or a `delta`.
    private static func readChange(_ body: RequestObject) -> AdjustStock.Change? {
        let range = 0...WarehousePolicy.quantityMax
        if body.has("delta") {
            let delta = body.int("delta", in: -range.upperBound...range.upperBound)
            for name in ["quantity", "expected"] where body.has(name) {
                _ = body.value(name, required: false)
                body.refuse(name, "must not be given beside delta")
            }
            return delta.map { .delta($0) }
        }
        let quantity = body.int("quantity", in: range)
        let expected = body.int("expected", in: range)
        guard let quantity, let expected else { return nil }
        return .set(quantity, expected: expected)
    }

    private static func transfer(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let product = body.product()
        let from = body.id("from_warehouse_id", WarehouseKind.self)
        let to = body.id("to_warehouse_id", WarehouseKind.self)
        let quantity = body.int("quantity", in: 1...WarehousePolicy.quantityMax)
        let reference = body.string("reference", length: reference)
        body.finish()
        guard body.isValid, let product, let from, let to, let quantity, let reference else { throw body.problem }
        let id = try await services.products.resolve([(product, "/sku")])[0]
        let command = TransferStock(
            productID: id, from: from, to: to, quantity: quantity, reference: reference, actor: call.actor)
        return try await change(
            .transferStock(command), Audited("transfer_stock", id.text, reason: reference, before: stock(of: id)),
            call, services)
    }

    /// A change of stock. A product that was just created reaches Warehouse a moment later: that moment is waited for.
    private static func change(
        _ command: WarehouseCommand, _ audit: Audited, _ call: Call, _ services: APIServices
    ) async throws(Problem) -> Reply {
        var pause = Duration.milliseconds(10)
        while true {
            do {
                return try await call.perform(command, by: services.warehouse.mailbox, audit: audit, render)
            } catch {
                guard error.code == "unknown_product", pause < .seconds(1) else { throw error }
                try? await Task.sleep(for: pause)
                pause = pause * 2
            }
        }
    }

    /// Where a product is, before a change of it.
    private static func stock(
        of id: ProductID
    ) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            let stocks = try WarehouseQueries(database).stock(of: id)
            return JSONWriter.text { json in
                json.member("data", array: stocks) { json, view in json.object { $0.write(view.stock, sku: view.sku) } }
            }
        }
    }

    /// What a warehouse has of some products, before more comes.
    private static func stock(
        of ids: [ProductID], in warehouse: WarehouseID
    ) -> @Sendable (any DatabaseConnection) throws(Fault) -> String {
        { database throws(Fault) in
            let queries = WarehouseQueries(database)
            var stocks: [Stock] = []
            for id in ids {
                if let view = try queries.stock(StockKey(id, warehouse)) {
                    stocks.append(view.stock)
                }
            }
            return JSONWriter.text { json in
                json.member("data", array: stocks) { json, stock in json.object { $0.write(stock, sku: nil) } }
            }
        }
    }

    private static func render(_ reply: WarehouseReply) -> StoredAnswer {
        guard case .stock(let stocks) = reply else { preconditionFailure("stock commands answer stock: \(reply)") }
        return .object(200) { json in
            json.member("data", array: stocks) { json, stock in json.object { $0.write(stock, sku: nil) } }
        }
    }
}
