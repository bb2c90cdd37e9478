import Catalog
import Kernel
import Ports

/// The table `products`.
enum ProductRow {
    static let columns =
        "id, sku, gtin, name, weight_grams, length_mm, width_mm, height_mm, version, created_at, updated_at"

    static let insert = """
        INSERT INTO products (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """

    static let update = """
        UPDATE products SET sku = $2, gtin = $3, name = $4, weight_grams = $5, length_mm = $6, width_mm = $7,
            height_mm = $8, version = $9, created_at = $10, updated_at = $11
        WHERE id = $1
        """

    static func values(_ product: Product) -> [SQLValue] {
        [
            .id(product.id), .text(product.sku.text), .text(product.gtin?.digits), .text(product.name),
            .int(product.weightGrams), .int(product.dimensions?.length), .int(product.dimensions?.width),
            .int(product.dimensions?.height), .int(product.version), .instant(product.createdAt),
            .instant(product.updatedAt),
        ]
    }

    static func read(_ row: any SQLRow) throws(Fault) -> Product {
        guard let sku = SKU(row.text(1)) else {
            throw Fault("malformed_row", retryable: false, "product \(row.integer(0))")
        }
        let dimensions =
            row.isNull(5) ? nil : Dimensions(length: row.int(5), width: row.int(6), height: row.int(7))
        return Product(
            id: row.id(0), sku: sku, gtin: row.optionalText(2).flatMap { GTIN($0) }, name: row.text(3),
            weightGrams: row.int(4), dimensions: dimensions, version: row.int(8), createdAt: row.instant(9),
            updatedAt: row.instant(10))
    }
}
