import Contracts
import Kernel

/// Something a shop sells, apart from how many of it are anywhere.
public struct Product: Sendable, Equatable {
    public let id: ProductID
    /// The shop's own code; unique, and never changed.
    public let sku: SKU
    public let gtin: GTIN?
    public let name: String
    public let weightGrams: Int
    public let dimensions: Dimensions?
    /// Grows with every change, from 1.
    public let version: Int
    public let createdAt: Instant
    public let updatedAt: Instant

    public init(
        id: ProductID, sku: SKU, gtin: GTIN?, name: String, weightGrams: Int, dimensions: Dimensions?, version: Int,
        createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.sku = sku
        self.gtin = gtin
        self.name = name
        self.weightGrams = weightGrams
        self.dimensions = dimensions
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The fact that others learn when the product is new or changed.
    public var registered: ProductRegistered {
        ProductRegistered(productID: id, sku: sku.text, name: name, weightGrams: weightGrams)
    }
}

/// The sides of a packed product in millimeters.
public struct Dimensions: Sendable, Equatable {
    public let length: Int
    public let width: Int
    public let height: Int

    public init(length: Int, width: Int, height: Int) {
        self.length = length
        self.width = width
        self.height = height
    }
}
