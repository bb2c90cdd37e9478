import Kernel

/// What a product's facts may be.
public enum ProductLimits {
    /// Characters.
    public static let name = 1...200
    /// Grams: up to ten tonnes.
    public static let weight = 1...10_000_000
    /// Millimeters.
    public static let side = 1...20_000

    static func check(_ name: String) throws(ProductRejection) {
        guard Self.name.contains(name.count), name.contains(where: { !$0.isWhitespace }) else {
            throw .invalidName
        }
    }

    static func check(weightGrams: Int) throws(ProductRejection) {
        guard weight.contains(weightGrams) else { throw .invalidWeight(weightGrams) }
    }

    static func check(_ dimensions: Dimensions?) throws(ProductRejection) {
        guard let dimensions else { return }
        for side in [dimensions.length, dimensions.width, dimensions.height] where !Self.side.contains(side) {
            throw .invalidDimensions(side)
        }
    }

    static func gtin(_ text: String?) throws(ProductRejection) -> GTIN? {
        guard let text else { return nil }
        guard let gtin = GTIN(text) else { throw .invalidGTIN(text) }
        return gtin
    }
}
