import Kernel

/// Why a product is not created or changed.
public enum ProductRejection: Rejection {
    case invalidSKU(String)
    case duplicateSKU(String)
    case invalidGTIN(String)
    case invalidName
    case invalidWeight(Int)
    case invalidDimensions(Int)
    case productNotFound
    /// Somebody else changed it in between.
    case versionMismatch(expected: Int, actual: Int)

    public var code: String {
        switch self {
        case .invalidSKU: "invalid_sku"
        case .duplicateSKU: "duplicate_sku"
        case .invalidGTIN: "invalid_gtin"
        case .invalidName: "invalid_name"
        case .invalidWeight: "invalid_weight"
        case .invalidDimensions: "invalid_dimensions"
        case .productNotFound: "product_not_found"
        case .versionMismatch: "version_mismatch"
        }
    }

    public var detail: String {
        switch self {
        case .invalidSKU(let text): "'\(text)' is no SKU: 1–64 printable ASCII characters, no spaces at the ends."
        case .duplicateSKU(let sku): "SKU '\(sku)' is taken."
        case .invalidGTIN(let text): "'\(text)' is no GTIN: 8, 12, 13 or 14 digits with a valid check digit."
        case .invalidName: "A name has \(ProductLimits.name.lowerBound)–\(ProductLimits.name.upperBound) characters."
        case .invalidWeight(let grams):
            "\(grams) g is outside \(ProductLimits.weight.lowerBound)–\(ProductLimits.weight.upperBound) g."
        case .invalidDimensions(let side):
            "\(side) mm is outside \(ProductLimits.side.lowerBound)–\(ProductLimits.side.upperBound) mm."
        case .productNotFound: "There is no such product."
        case .versionMismatch(let expected, let actual):
            "The product is at version \(actual), not \(expected)."
        }
    }

    /// Where in the request the mistake is, as a JSON pointer; `nil` when no member is at fault.
    public var pointer: String? {
        switch self {
        case .invalidSKU, .duplicateSKU: "/sku"
        case .invalidGTIN: "/gtin"
        case .invalidName: "/name"
        case .invalidWeight: "/weight_grams"
        case .invalidDimensions: "/dimensions"
        case .productNotFound, .versionMismatch: nil
        }
    }
}
