import Kernel

/// Open a warehouse.
public struct RegisterWarehouse: Sendable, Equatable {
    public let code: String
    public let gln: GLN?
    public let name: String
    /// ISO 3166-1 alpha-2, capital letters.
    public let country: String
    public let place: GeoPoint

    public init(code: String, gln: GLN? = nil, name: String, country: String, place: GeoPoint) {
        self.code = code
        self.gln = gln
        self.name = name
        self.country = country
        self.place = place
    }
}

extension WarehouseState {
    /// A repetition with the same facts answers with the warehouse that exists.
    ///
    /// - Throws: `warehouseCodeTaken` by a warehouse with other facts.
    public mutating func register(
        _ command: RegisterWarehouse, now: Instant
    ) throws(WarehouseRejection) -> WarehouseSite {
        if let other = sites.first(where: { $0.code == command.code }) {
            let same = RegisterWarehouse(
                code: other.code, gln: other.gln, name: other.name, country: other.country, place: other.place)
            guard same == command else { throw .warehouseCodeTaken(command.code) }
            return other
        }
        let site = WarehouseSite(
            id: ids.nextSite(now: now), code: command.code, gln: command.gln, name: command.name,
            country: command.country, place: command.place)
        load(site)
        tracked.newSites.append(site)
        return site
    }

    /// Takes over a product's facts from the catalog.
    public mutating func learn(_ product: ProductFacts) {
        products[product.id] = product
        tracked.products.insert(product.id)
    }

    func checkSite(_ id: WarehouseID) throws(WarehouseRejection) {
        guard site(id) != nil else { throw .unknownWarehouse(id.text) }
    }

    func checkProduct(_ id: ProductID) throws(WarehouseRejection) {
        guard products[id] != nil else { throw .unknownProduct(id) }
    }

    /// What a reference means now: `true` for a repetition.
    ///
    /// - Throws: `referenceReused` when it was used for another quantity.
    func isRepetition(_ reference: StockReference, _ quantity: Int) throws(WarehouseRejection) -> Bool {
        guard let known = references[reference] else { return false }
        guard known == quantity else { throw .referenceReused(reference.text) }
        return true
    }

    mutating func remember(_ reference: StockReference, _ quantity: Int) {
        references[reference] = quantity
        tracked.references.append(reference)
    }
}
