import Kernel
import OrdersService
import Ports
import Runtime
import Synchronization
import WarehouseService

/// How a request names a product.
enum ProductReference: Sendable, Hashable {
    case id(ProductID)
    case sku(String)
}

extension RequestObject {
    /// Reads `sku` or `product_id`: exactly one of them.
    func product() -> ProductReference? {
        let sku = sku("sku", required: false)
        let id = id("product_id", ProductKind.self, required: false)
        switch (has("sku"), has("product_id")) {
        case (true, true):
            refuse("product_id", "must not be given beside sku")
            return nil
        case (false, false):
            refuse("sku", "is required, or product_id instead")
            return nil
        default: return sku.map { .sku($0.text) } ?? id.map { .id($0) }
        }
    }
}

/// Finds products by the shop's codes. What was found is kept: a product's SKU never changes.
public final class ProductDirectory: Sendable {
    /// Looks up the ids of SKUs; those that do not exist are left out.
    public typealias LookUp =
        @Sendable (_ skus: [String], _ database: any DatabaseConnection) throws(Fault) -> [String: ProductID]

    private let reads: ReadPool
    private let lookUp: LookUp
    private let known = Mutex<[String: ProductID]>([:])
    private static let capacity = 100_000

    init(reads: ReadPool, lookUp: @escaping LookUp) {
        self.reads = reads
        self.lookUp = lookUp
    }

    /// Products as the catalog has them.
    static func ofOrders(_ reads: ReadPool) -> ProductDirectory {
        ProductDirectory(reads: reads) { skus, database throws(Fault) in
            var found: [String: ProductID] = [:]
            for sku in skus {
                guard let sku = SKU(sku), let product = try OrdersQueries.product(sku: sku, database) else { continue }
                found[sku.text] = product.id
            }
            return found
        }
    }

    /// Products as far as Warehouse has heard of them.
    static func ofWarehouse(_ reads: ReadPool) -> ProductDirectory {
        ProductDirectory(reads: reads) { skus, database throws(Fault) in
            var found: [String: ProductID] = [:]
            for sku in skus { found[sku] = try WarehouseQueries(database).product(sku: sku)?.id }
            return found
        }
    }

    /// - Parameter references: with the pointer to name in an error.
    /// - Throws: 422 `invalid_request` with the pointers of unknown SKUs.
    func resolve(_ references: [(reference: ProductReference, pointer: String)]) async throws(Problem) -> [ProductID] {
        let unknown = known.withLock { known in
            references.compactMap { entry -> String? in
                guard case .sku(let sku) = entry.reference, known[sku] == nil else { return nil }
                return sku
            }
        }
        if !unknown.isEmpty {
            let lookUp = lookUp
            let skus = Array(Set(unknown)).sorted()
            let found = try await reads.ask { database throws(Fault) in try lookUp(skus, database) }
            known.withLock { known in
                if known.count + found.count > Self.capacity { known = [:] }
                known.merge(found) { _, new in new }
            }
        }
        return try known.withLock { known throws(Problem) in try Self.ids(of: references, known) }
    }

    private static func ids(
        of references: [(reference: ProductReference, pointer: String)], _ known: [String: ProductID]
    ) throws(Problem) -> [ProductID] {
        let collector = ErrorCollector()
        var ids: [ProductID] = []
        for (reference, pointer) in references {
            switch reference {
            case .id(let id): ids.append(id)
            case .sku(let sku):
                if let id = known[sku] { ids.append(id) } else { collector.add(pointer, "names no product") }
            }
        }
        guard collector.errors.isEmpty else { throw collector.problem }
        return ids
    }
}
