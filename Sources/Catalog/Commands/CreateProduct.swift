import Contracts
import Kernel

/// Adds a product to the catalog.
public struct CreateProduct: Sendable, Equatable {
    public let sku: String
    public let gtin: String?
    public let name: String
    /// See ``ProductLimits``.
    public let weightGrams: Int
    public let dimensions: Dimensions?

    public init(sku: String, gtin: String? = nil, name: String, weightGrams: Int, dimensions: Dimensions? = nil) {
        self.sku = sku
        self.gtin = gtin
        self.name = name
        self.weightGrams = weightGrams
        self.dimensions = dimensions
    }

    /// Decides; checks come in the order SKU, GTIN, name, weight, dimensions, uniqueness.
    ///
    /// - Parameter isTaken: whether a product with this SKU exists.
    /// - Throws: `invalid_sku`, `invalid_gtin`, `invalid_name`, `invalid_weight`, `invalid_dimensions`,
    ///   `duplicate_sku`.
    public func decide(
        id: ProductID, isTaken: (SKU) -> Bool, now: Instant
    ) throws(ProductRejection) -> (Product, ProductRegistered) {
        guard let sku = SKU(sku) else { throw .invalidSKU(self.sku) }
        let gtin = try ProductLimits.gtin(gtin)
        try ProductLimits.check(name)
        try ProductLimits.check(weightGrams: weightGrams)
        try ProductLimits.check(dimensions)
        guard !isTaken(sku) else { throw .duplicateSKU(sku.text) }
        let product = Product(
            id: id, sku: sku, gtin: gtin, name: name, weightGrams: weightGrams, dimensions: dimensions, version: 1,
            createdAt: now, updatedAt: now)
        return (product, product.registered)
    }
}
