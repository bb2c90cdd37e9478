import Kernel
import Testing

@testable import Shipping

@Suite struct CarrierChoiceTests {
    private func facts(
        _ country: String = "DE", grams: [Int] = [1000], value: Int64 = 2000, warehouse: Int64 = 1
    ) -> ShipmentFacts {
        ShipmentFacts(
            country: country, parcelGrams: grams, value: Money(value, .eur),
            warehouseID: WarehouseID(rawValue: warehouse))
    }

    private func carrier(
        _ code: String, price: Int64, days: Int, _ capabilities: [Carrier.Capability] = [], countries: [String] = []
    ) -> Carrier {
        Carrier(
            code: code, name: code, capabilities: capabilities, maximumParcelGrams: 5000,
            tariff: Tariff(
                currency: .eur,
                zones: [
                    Tariff.Zone(
                        name: "all", countries: countries, bands: [Tariff.Band(upToGrams: 2000, amount: price)],
                        perKilogramBeyond: 10, transitDays: days)
                ]))
    }

    private func choice(_ policy: CarrierChoicePolicy, _ carriers: [Carrier], _ facts: ShipmentFacts) -> [String] {
        policy.candidates(carriers, for: facts).map(\.carrier)
    }

    @Test func theTariffIsByBandAndThenByKilogramBegun() throws {
        let carrier = carrier("a", price: 300, days: 1)
        for (grams, price): (Int, Int64) in [(1, 300), (2000, 300), (2001, 310), (3000, 310), (3001, 320)] {
            #expect(carrier.quote(facts(grams: [grams]))?.price == Money(price, .eur), "\(grams)")
        }
        #expect(carrier.quote(facts(grams: [1000, 2500]))?.price == Money(610, .eur))
    }

    @Test func whoCannotIsNotAsked() {
        let carrier = carrier("a", price: 300, days: 1, countries: ["DE"])
        #expect(carrier.quote(facts(grams: [5000])) != nil)
        #expect(carrier.quote(facts(grams: [5001])) == nil)
        #expect(carrier.quote(facts("FR")) == nil)
        #expect(carrier.quote(facts(grams: [])) == nil)
    }

    @Test func withoutARuleTheCheapestOrTheFastestComesFirst() {
        let carriers = [carrier("dear", price: 900, days: 1), carrier("cheap", price: 300, days: 4)]
        #expect(choice(CarrierChoicePolicy(rules: [], otherwise: .cheapest), carriers, facts()) == ["cheap", "dear"])
        #expect(choice(CarrierChoicePolicy(rules: [], otherwise: .fastest), carriers, facts()) == ["dear", "cheap"])
    }

    @Test func theFirstRuleThatFitsDecides() {
        let carriers = [
            carrier("a", price: 1, days: 9), carrier("b", price: 2, days: 8, [.insurance]),
            carrier("c", price: 3, days: 7, [.insurance]),
        ]
        let policy = CarrierChoicePolicy(
            rules: [
                CarrierRule(name: "valuable", value: 50_000...Int64.max, requires: [.insurance]),
                CarrierRule(name: "islands", countries: ["IS", "MT"], preferred: ["c", "b"]),
                CarrierRule(name: "heavy", totalGrams: 4000...Int.max, preferred: ["b"]),
                CarrierRule(name: "depot", warehouses: [WarehouseID(rawValue: 9)], preferred: ["c"]),
            ], otherwise: .cheapest)
        let rows: [(ShipmentFacts, [String])] = [
            (facts(), ["a", "b", "c"]),
            (facts(value: 49_999), ["a", "b", "c"]),
            (facts(value: 50_000), ["b", "c"]),
            (facts("MT"), ["c", "b", "a"]),
            (facts("MT", value: 60_000), ["b", "c"]),
            (facts(grams: [2000, 1999]), ["a", "b", "c"]),
            (facts(grams: [2000, 2000]), ["b", "a", "c"]),
            (facts(warehouse: 9), ["c", "a", "b"]),
        ]
        for (facts, expected) in rows { #expect(choice(policy, carriers, facts) == expected, "\(facts)") }
    }

    @Test func theShippedCouriersDifferInPriceAndSpeed() throws {
        let policy = ShippingPolicy.standard
        let swift = try #require(policy.carrier("swift")?.quote(facts()))
        let turtle = try #require(policy.carrier("turtle")?.quote(facts()))
        #expect(swift.price.amount > turtle.price.amount)
        #expect(swift.transitDays < turtle.transitDays)
        #expect(choice(policy.choice, policy.carriers, facts()) == ["turtle", "swift"])
        #expect(choice(policy.choice, policy.carriers, facts(value: 50_000)) == ["swift"])
        #expect(choice(policy.choice, policy.carriers, facts("BR", grams: [40_000])) == ["swift"])
    }
}
