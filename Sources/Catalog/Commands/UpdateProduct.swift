import Contracts
import Kernel

/// Changes a product's facts; the SKU stays. What is `nil` stays as it is.
public struct UpdateProduct: Sendable, Equatable {
    public let productID: ProductID
    /// The version that the caller saw; `nil` to change whatever is there.
    public let expectedVersion: Int?
    public let gtin: String?
    public let name: String?
    public let weightGrams: Int?
    public let dimensions: Dimensions?

    public init(
        productID: ProductID, expectedVersion: Int?, gtin: String? = nil, name: String? = nil, weightGrams: Int? = nil,
        dimensions: Dimensions? = nil
    ) {
        self.productID = productID
        self.expectedVersion = expectedVersion
        self.gtin = gtin
        self.name = name
        self.weightGrams = weightGrams
        self.dimensions = dimensions
    }

    /// Decides; the version is checked first.
    ///
    /// - Throws: `version_mismatch`, `invalid_gtin`, `invalid_name`, `invalid_weight`, `invalid_dimensions`.
    public func decide(_ product: Product, now: Instant) throws(ProductRejection) -> (Product, ProductRegistered) {
        if let expectedVersion, expectedVersion != product.version {
            throw .versionMismatch(expected: expectedVersion, actual: product.version)
        }
        let gtin = try ProductLimits.gtin(gtin) ?? product.gtin
        try ProductLimits.check(name ?? product.name)
        try ProductLimits.check(weightGrams: weightGrams ?? product.weightGrams)
        try ProductLimits.check(dimensions)
        let changed = Product(
            id: product.id, sku: product.sku, gtin: gtin, name: name ?? product.name,
            weightGrams: weightGrams ?? product.weightGrams, dimensions: dimensions ?? product.dimensions,
            version: product.version + 1, createdAt: product.createdAt, updatedAt: now)
        return (changed, changed.registered)
    }
}
