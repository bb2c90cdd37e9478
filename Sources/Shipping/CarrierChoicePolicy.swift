import Kernel

/// Which carriers are asked for a shipment, and in which order.
///
/// The first rule that fits says what the carrier must be capable of and who is preferred. All others that can do it
/// follow, cheapest or fastest first: they are the fallback.
public struct CarrierChoicePolicy: Sendable, Equatable {
    public let rules: [CarrierRule]
    public let otherwise: Preference

    public enum Preference: String, Sendable {
        case cheapest, fastest
    }

    public init(rules: [CarrierRule], otherwise: Preference) {
        self.rules = rules
        self.otherwise = otherwise
    }

    /// - Returns: the quotes of all carriers that can do it, in the order in which they are asked; empty when none can.
    /// - Complexity: O(carriers log carriers).
    public func candidates(_ carriers: [Carrier], for facts: ShipmentFacts) -> [Quote] {
        let rule = rules.first { $0.fits(facts) }
        var ranked: [(place: Int, quote: Quote)] = []
        for carrier in carriers {
            guard rule?.requires.allSatisfy(carrier.capabilities.contains) ?? true, let quote = carrier.quote(facts)
            else { continue }
            ranked.append((rule?.preferred.firstIndex(of: carrier.code) ?? .max, quote))
        }
        ranked.sort { left, right in
            if left.place != right.place { return left.place < right.place }
            return precedes(left.quote, right.quote)
        }
        return ranked.map(\.quote)
    }

    private func precedes(_ left: Quote, _ right: Quote) -> Bool {
        let (leftPrice, rightPrice) = (left.price.amount, right.price.amount)
        switch otherwise {
        case .cheapest:
            return (leftPrice, left.transitDays, left.carrier) < (rightPrice, right.transitDays, right.carrier)
        case .fastest:
            return (left.transitDays, leftPrice, left.carrier) < (right.transitDays, rightPrice, right.carrier)
        }
    }
}

/// When it fits, it decides. What is `nil` or empty does not matter to it.
public struct CarrierRule: Sendable, Equatable {
    public let name: String
    /// ISO 3166-1 alpha-2.
    public let countries: [String]
    /// Of all parcels together.
    public let totalGrams: ClosedRange<Int>?
    /// The goods' value in minor units of the order's currency.
    public let value: ClosedRange<Int64>?
    public let warehouses: [WarehouseID]
    /// Codes of carriers, the most preferred first.
    public let preferred: [String]
    public let requires: [Carrier.Capability]

    public init(
        name: String, countries: [String] = [], totalGrams: ClosedRange<Int>? = nil, value: ClosedRange<Int64>? = nil,
        warehouses: [WarehouseID] = [], preferred: [String] = [], requires: [Carrier.Capability] = []
    ) {
        self.name = name
        self.countries = countries
        self.totalGrams = totalGrams
        self.value = value
        self.warehouses = warehouses
        self.preferred = preferred
        self.requires = requires
    }

    public func fits(_ facts: ShipmentFacts) -> Bool {
        (countries.isEmpty || countries.contains(facts.country))
            && (totalGrams?.contains(facts.totalGrams) ?? true)
            && (value?.contains(facts.value.amount) ?? true)
            && (warehouses.isEmpty || warehouses.contains(facts.warehouseID))
    }
}
