import Kernel

/// What a shipment asks of a carrier, as far as choosing one depends on it.
public struct ShipmentFacts: Sendable, Equatable {
    /// ISO 3166-1 alpha-2.
    public let country: String
    /// One per parcel.
    public let parcelGrams: [Int]
    /// Of the goods.
    public let value: Money
    public let warehouseID: WarehouseID

    public init(country: String, parcelGrams: [Int], value: Money, warehouseID: WarehouseID) {
        self.country = country
        self.parcelGrams = parcelGrams
        self.value = value
        self.warehouseID = warehouseID
    }

    public var totalGrams: Int { parcelGrams.reduce(0, +) }
}

/// What a carrier would ask for a shipment, by its tariff. Nobody is called for it.
public struct Quote: Sendable, Equatable {
    public let carrier: String
    public let price: Money
    public let transitDays: Int
}

extension Carrier {
    /// - Returns: `nil` when the carrier does not go there, or a parcel is too heavy for it.
    public func quote(_ facts: ShipmentFacts) -> Quote? {
        guard let zone = tariff.zone(of: facts.country), !facts.parcelGrams.isEmpty else { return nil }
        var amount: Int64 = 0
        for grams in facts.parcelGrams {
            guard grams <= maximumParcelGrams else { return nil }
            amount += zone.price(grams)
        }
        return Quote(carrier: code, price: Money(amount, tariff.currency), transitDays: zone.transitDays)
    }
}

extension Tariff.Zone {
    /// - Parameter grams: of one parcel.
    /// - Returns: minor units.
    func price(_ grams: Int) -> Int64 {
        if let band = bands.first(where: { grams <= $0.upToGrams }) { return band.amount }
        let last = bands[bands.count - 1]
        return last.amount + Int64((grams - last.upToGrams + 999) / 1000) * perKilogramBeyond
    }
}
