import Catalog
import Hummingbird
import Kernel
import OrdersService

/// The catalog.
enum ProductRoutes {
    static func all(_ services: APIServices) -> [Route] {
        [
            .get("/v1/products", .scope(.catalogRead)) { call async throws(Problem) in
                try await list(call, services)
            },
            .get("/v1/products/{id}", .scope(.catalogRead)) { call async throws(Problem) in
                try await get(call, services)
            },
            .post("/v1/products/batch", .scope(.catalogWrite)) { call async throws(Problem) in
                try await createBatch(call, services)
            },
            .post("/v1/products", .scope(.catalogWrite)) { call async throws(Problem) in
                try await create(call, services)
            },
            .put("/v1/products/{id}", .scope(.catalogWrite)) { call async throws(Problem) in
                try await update(call, services)
            },
        ]
    }

    private static func create(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let command = newProduct(body)
        body.finish()
        guard body.isValid, let command else { throw body.problem }
        return try await call.perform(
            .createProduct(command), by: services.orders.mailbox, audit: Audited("create_product")
        ) { reply in
            let product = product(reply)
            return .object(201, location: "/v1/products/\(product.id)") { $0.write(product) }
        }
    }

    private static func newProduct(_ body: RequestObject) -> CreateProduct? {
        let sku = body.sku("sku")
        let gtin = body.string("gtin", required: false, length: 1...14)
        let name = body.string("name", length: ProductLimits.name)
        let weight = body.int("weight_grams", in: ProductLimits.weight)
        let dimensions = dimensions(body)
        guard let sku, let name, let weight else { return nil }
        return CreateProduct(sku: sku.text, gtin: gtin, name: name, weightGrams: weight, dimensions: dimensions)
    }

    /// Adds many at once; each is answered on its own.
    private static func createBatch(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let body = try call.object()
        let commands = body.objects("products", count: 1...1000, newProduct)
        body.finish()
        guard body.isValid, let commands else { throw body.problem }
        return try await call.perform(
            .createProducts(commands), by: services.orders.mailbox,
            audit: Audited("create_products", "\(commands.count) products", keepsAnswer: false)
        ) { reply in
            guard case .products(let results) = reply else { preconditionFailure("products are answered: \(reply)") }
            return .results(results, member: "product") { $0.write($1) }
        }
    }

    private static func list(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        var query = call.query
        let page = query.page()
        let sku = query.parsed("sku", "a SKU") { SKU($0) }
        try query.finish()
        let products = try await services.orders.reads.ask { database throws(Fault) in
            if let sku { return try OrdersQueries.product(sku: sku, database).map { [$0] } ?? [] }
            return try OrdersQueries.products(after: page.afterID(), limit: page.limit, database)
        }
        return .list(products, page, call: call, key: { [$0.id.rawValue] }, { $0.write($1) })
    }

    private static func get(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ProductKind.self, "product")
        let product = try await services.orders.reads.ask { database throws(Fault) in
            try OrdersQueries.product(id, database)
        }
        guard let product else { throw .notFound("product") }
        return Reply.object { $0.write(product) }.with(version: Int64(product.version))
    }

    /// Replaces what may change, provided that `If-Match` names the current version. What is left out stays.
    private static func update(_ call: Call, _ services: APIServices) async throws(Problem) -> Reply {
        let id = try call.id("id", ProductKind.self, "product")
        let version = try call.ifMatch()
        let body = try call.object()
        let gtin = body.string("gtin", required: false, length: 1...14)
        let name = body.string("name", required: false, length: ProductLimits.name)
        let weight = body.int("weight_grams", required: false, in: ProductLimits.weight)
        let dimensions = dimensions(body)
        body.finish()
        guard body.isValid else { throw body.problem }
        let command = UpdateProduct(
            productID: id, expectedVersion: Int(clamping: version), gtin: gtin, name: name, weightGrams: weight,
            dimensions: dimensions)
        let performed = try await call.outcome(
            of: .updateProduct(command), by: services.orders.mailbox,
            audit: Audited("update_product", id.text) { database throws(Fault) in
                try OrdersQueries.product(id, database).map { product in JSONWriter.text { $0.write(product) } } ?? ""
            }
        ) { reply in
            .object(200) { $0.write(product(reply)) }
        }
        switch performed {
        case .done(let reply, let answer): return answer.reply.with(version: Int64(product(reply).version))
        case .replayed(let answer): return answer.reply
        }
    }

    private static func dimensions(_ body: RequestObject) -> Dimensions? {
        guard let object = body.object("dimensions", required: false) else { return nil }
        let length = object.int("length_mm", in: ProductLimits.side)
        let width = object.int("width_mm", in: ProductLimits.side)
        let height = object.int("height_mm", in: ProductLimits.side)
        object.finish()
        guard let length, let width, let height else { return nil }
        return Dimensions(length: length, width: width, height: height)
    }

    private static func product(_ reply: OrdersReply) -> Product {
        guard case .product(let product) = reply else { preconditionFailure("a product is answered: \(reply)") }
        return product
    }
}

extension JSONWriter {
    mutating func write(_ product: Product) {
        member("id", product.id)
        member("sku", product.sku.text)
        if let gtin = product.gtin { member("gtin", gtin.digits) }
        member("name", product.name)
        member("weight_grams", product.weightGrams)
        if let dimensions = product.dimensions {
            member("dimensions") { json in
                json.member("length_mm", dimensions.length)
                json.member("width_mm", dimensions.width)
                json.member("height_mm", dimensions.height)
            }
        }
        member("version", product.version)
        member("created_at", product.createdAt)
        member("updated_at", product.updatedAt)
        member("allowed_actions", array: ["update"]) { $0.string($1) }
    }
}
