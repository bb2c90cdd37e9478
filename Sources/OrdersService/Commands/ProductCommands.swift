import Catalog
import Contracts
import Kernel
import Ports

/// What a batch names and changes of the catalog.
struct ProductChanges {
    private(set) var namedSKUs: [String] = []
    private(set) var namedIDs: [ProductID] = []
    /// SKUs that are taken, as far as this batch names them.
    var taken: Set<String> = []
    /// Products that the batch changes, as they are now.
    var stored: [ProductID: Product] = [:]
    /// Created in this batch, for orders placed in the same one.
    var created: [String: KnownProduct] = [:]
    var inserted: [Product] = []
    var updated: [ProductID] = []

    var isNamed: Bool { !namedSKUs.isEmpty || !namedIDs.isEmpty }

    mutating func name(sku: String) { namedSKUs.append(sku) }
    mutating func name(id: ProductID) { namedIDs.append(id) }
}

extension OrdersBatch {
    func loadProducts() throws(Fault) {
        // What the batch writes may be rolled back: nothing of it may stay known.
        logic.products.removeAll()
        try database.queryEach("SELECT sku FROM products WHERE sku = $1", products.namedSKUs.map { [.text($0)] }) {
            products.taken.insert($0.text(0))
        }
        try database.queryEach(
            "SELECT \(ProductRow.columns) FROM products WHERE id = $1", products.namedIDs.map { [.id($0)] }
        ) { row throws(Fault) in
            let product = try ProductRow.read(row)
            products.stored[product.id] = product
        }
    }

    func createProduct(_ command: CreateProduct, _ slot: Int) {
        switch create(command) {
        case .success(let product): outbox.reply(slot, .product(product))
        case .failure(let rejection): outbox.reject(slot, rejection)
        }
    }

    func createProducts(_ commands: [CreateProduct], _ slot: Int) {
        outbox.reply(slot, .products(commands.map(create)))
    }

    private func create(_ command: CreateProduct) -> Result<Product, ProductRejection> {
        do throws(ProductRejection) {
            let (product, registered) = try command.decide(
                id: ids.next(now: now), isTaken: { products.taken.contains($0.text) }, now: now)
            products.taken.insert(product.sku.text)
            products.created[product.sku.text] = KnownProduct(id: product.id, sku: product.sku)
            products.inserted.append(product)
            outbox.publish(.orders(.productRegistered(registered)))
            return .success(product)
        } catch {
            return .failure(error)
        }
    }

    func updateProduct(_ command: UpdateProduct, _ slot: Int) {
        guard let product = products.stored[command.productID] else {
            return outbox.reject(slot, ProductRejection.productNotFound)
        }
        do throws(ProductRejection) {
            let (changed, registered) = try command.decide(product, now: now)
            products.stored[changed.id] = changed
            products.updated.append(changed.id)
            outbox.publish(.orders(.productRegistered(registered)))
            outbox.reply(slot, .product(changed))
        } catch {
            outbox.reject(slot, error)
        }
    }

    func saveProducts() throws(Fault) {
        try database.executeEach(ProductRow.insert, products.inserted.map(ProductRow.values))
        let updated = Set(products.updated).sorted().compactMap { products.stored[$0] }
        try database.executeEach(ProductRow.update, updated.map(ProductRow.values))
    }
}
