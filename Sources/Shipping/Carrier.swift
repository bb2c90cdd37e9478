import Kernel

/// A carrier as its contract describes it.
public struct Carrier: Sendable, Equatable {
    /// Short and stable, for example `swift`: what bookings, webhooks and tables name it by.
    public let code: String
    public let name: String
    public let capabilities: [Capability]
    /// Of one parcel.
    public let maximumParcelGrams: Int
    public let tariff: Tariff

    /// What not every carrier offers.
    public enum Capability: String, Sendable, CaseIterable {
        case signature, insurance, freight, pickupPoint = "pickup_point", returns
    }

    public init(code: String, name: String, capabilities: [Capability], maximumParcelGrams: Int, tariff: Tariff) {
        self.code = code
        self.name = name
        self.capabilities = capabilities
        self.maximumParcelGrams = maximumParcelGrams
        self.tariff = tariff
    }
}

/// What a carrier asks for a parcel, by zone and weight.
public struct Tariff: Sendable, Equatable {
    public let currency: Currency
    /// In order: the first zone that has the country counts.
    public let zones: [Zone]

    public init(currency: Currency, zones: [Zone]) {
        self.currency = currency
        self.zones = zones
    }

    /// Countries with the same prices and speed.
    public struct Zone: Sendable, Equatable {
        public let name: String
        /// ISO 3166-1 alpha-2; empty for everywhere else.
        public let countries: [String]
        /// By weight, ascending.
        public let bands: [Band]
        /// What each kilogram begun beyond the last band costs, in minor units.
        public let perKilogramBeyond: Int64
        public let transitDays: Int

        public init(name: String, countries: [String], bands: [Band], perKilogramBeyond: Int64, transitDays: Int) {
            precondition(!bands.isEmpty, "zone \(name) has no prices")
            for index in bands.indices.dropFirst() {
                precondition(bands[index - 1].upToGrams < bands[index].upToGrams, "zone \(name): bands out of order")
            }
            self.name = name
            self.countries = countries
            self.bands = bands
            self.perKilogramBeyond = perKilogramBeyond
            self.transitDays = transitDays
        }
    }

    /// A price for parcels up to a weight.
    public struct Band: Sendable, Equatable {
        public let upToGrams: Int
        /// Minor units.
        public let amount: Int64

        public init(upToGrams: Int, amount: Int64) {
            self.upToGrams = upToGrams
            self.amount = amount
        }
    }

    public func zone(of country: String) -> Zone? {
        zones.first { $0.countries.isEmpty || $0.countries.contains(country) }
    }
}
