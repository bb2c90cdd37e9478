import Catalog
import Kernel
import Testing

@Suite struct ProductTests {
    private func create(
        sku: String = "MUG", gtin: String? = nil, name: String = "Mug", weight: Int = 300, sides: Dimensions? = nil,
        taken: Bool = false
    ) -> String {
        do throws(ProductRejection) {
            let (product, registered) = try CreateProduct(
                sku: sku, gtin: gtin, name: name, weightGrams: weight, dimensions: sides
            ).decide(id: ProductID(rawValue: 1), isTaken: { _ in taken }, now: Instant(milliseconds: 1))
            return product.registered == registered && product.version == 1 ? "created" : "inconsistent"
        } catch {
            return error.code
        }
    }

    @Test func limits() {
        #expect(create() == "created")
        #expect(create(sku: "") == "invalid_sku")
        #expect(create(sku: String(repeating: "x", count: 64)) == "created")
        #expect(create(sku: String(repeating: "x", count: 65)) == "invalid_sku")
        #expect(create(gtin: "4006381333931") == "created")
        #expect(create(gtin: "4006381333932") == "invalid_gtin")
        #expect(create(name: "") == "invalid_name")
        #expect(create(name: "   ") == "invalid_name")
        #expect(create(name: String(repeating: "x", count: 200)) == "created")
        #expect(create(name: String(repeating: "x", count: 201)) == "invalid_name")
        #expect(create(weight: 0) == "invalid_weight")
        #expect(create(weight: 1) == "created")
        #expect(create(weight: 10_000_000) == "created")
        #expect(create(weight: 10_000_001) == "invalid_weight")
        #expect(create(sides: Dimensions(length: 1, width: 20_000, height: 1)) == "created")
        #expect(create(sides: Dimensions(length: 1, width: 20_001, height: 1)) == "invalid_dimensions")
        #expect(create(sides: Dimensions(length: 0, width: 1, height: 1)) == "invalid_dimensions")
        #expect(create(taken: true) == "duplicate_sku")
    }

    @Test func anUpdateNamesTheVersionThatItSaw() throws {
        let now = Instant(milliseconds: 1)
        let (product, _) = try CreateProduct(sku: "MUG", name: "Mug", weightGrams: 300)
            .decide(id: ProductID(rawValue: 1), isTaken: { _ in false }, now: now)
        let heavier = UpdateProduct(productID: product.id, expectedVersion: 1, weightGrams: 310)
        let (changed, registered) = try heavier.decide(product, now: Instant(milliseconds: 2))
        #expect(changed.version == 2)
        #expect(changed.name == "Mug")
        #expect(registered.weightGrams == 310)
        #expect(throws: ProductRejection.versionMismatch(expected: 1, actual: 2)) {
            try heavier.decide(changed, now: now)
        }
        #expect(throws: ProductRejection.invalidWeight(0)) {
            try UpdateProduct(productID: product.id, expectedVersion: nil, weightGrams: 0).decide(changed, now: now)
        }
    }
}
