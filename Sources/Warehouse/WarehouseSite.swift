import Kernel

/// A building with stock.
public struct WarehouseSite: Sendable, Equatable {
    public let id: WarehouseID
    /// Short and unique, for people and for labels on the floor.
    public let code: String
    public let gln: GLN?
    public let name: String
    /// ISO 3166-1 alpha-2, capital letters.
    public let country: String
    public let place: GeoPoint

    public init(id: WarehouseID, code: String, gln: GLN?, name: String, country: String, place: GeoPoint) {
        self.id = id
        self.code = code
        self.gln = gln
        self.name = name
        self.country = country
        self.place = place
    }
}

/// What Warehouse knows of a product.
public struct ProductFacts: Sendable, Equatable {
    public let id: ProductID
    public let sku: String
    public let name: String
    public let weightGrams: Int

    public init(id: ProductID, sku: String, name: String, weightGrams: Int) {
        self.id = id
        self.sku = sku
        self.name = name
        self.weightGrams = weightGrams
    }
}
