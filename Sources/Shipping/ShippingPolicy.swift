import Kernel

/// How a company ships: its carriers, whom it asks first, and how patient it is.
public struct ShippingPolicy: Sendable, Equatable {
    public let carriers: [Carrier]
    public let choice: CarrierChoicePolicy
    /// How long a carrier may fail to answer a booking before another one is asked. It doubles with every change.
    public let patience: Duration
    /// With this failed delivery attempt the parcel turns back; 1 or more.
    public let maximumAttempts: Int

    public init(
        carriers: [Carrier], choice: CarrierChoicePolicy, patience: Duration = .seconds(30), maximumAttempts: Int = 3
    ) {
        precondition(maximumAttempts > 0 && patience > .zero, "\(maximumAttempts) attempts, patience \(patience)")
        for (index, carrier) in carriers.enumerated() {
            precondition(
                !carriers[..<index].contains { $0.code == carrier.code }, "two carriers have the code \(carrier.code)")
        }
        self.carriers = carriers
        self.choice = choice
        self.patience = patience
        self.maximumAttempts = maximumAttempts
    }

    public func carrier(_ code: String) -> Carrier? { carriers.first { $0.code == code } }

    /// Doubled with every try, so that two carriers that are both down for long are not asked thousands of times.
    func patience(ofAttempt attempt: Int) -> Duration {
        min(patience * (1 << min(attempt, 16)), max(patience, .seconds(3600)))
    }

    /// The two couriers of the sandbox: one fast and dear, one slow and cheap.
    public static let standard = ShippingPolicy(
        carriers: [
            Carrier(
                code: "swift", name: "Swift Couriers", capabilities: [.signature, .insurance, .freight, .returns],
                // Anything up to a full truck: some shops sell by the pallet.
                maximumParcelGrams: 24_000_000,
                tariff: tariff(base: [890, 1190, 1690], factor: [100, 180, 340], beyond: 95, days: [1, 2, 4])),
            Carrier(
                code: "turtle", name: "Turtle Post", capabilities: [.pickupPoint, .returns],
                maximumParcelGrams: 31_500,
                tariff: tariff(base: [390, 590, 990], factor: [100, 220, 400], beyond: 60, days: [3, 5, 10])),
        ],
        choice: CarrierChoicePolicy(
            rules: [
                CarrierRule(
                    name: "valuable goods go insured and fast", value: 50_000...Int64.max, preferred: ["swift"],
                    requires: [.insurance]),
                CarrierRule(name: "heavy goods go fast", totalGrams: 15_000...Int.max, preferred: ["swift"]),
            ],
            otherwise: .cheapest))

    private static func tariff(base: [Int64], factor: [Int64], beyond: Int64, days: [Int]) -> Tariff {
        let limits = [2000, 5000, 10_000]
        let zones = [
            ("domestic", ["DE", "GB"]),
            (
                "europe",
                [
                    "AT", "BE", "BG", "CH", "CY", "CZ", "DK", "EE", "ES", "FI", "FR", "GG", "GR", "HR", "HU", "IE",
                    "IM", "IS", "IT", "JE", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI",
                    "SK",
                ]
            ),
            ("world", [String]()),
        ]
        return Tariff(
            currency: .eur,
            zones: zones.enumerated().map { index, zone in
                Tariff.Zone(
                    name: zone.0, countries: zone.1,
                    bands: zip(limits, base).map { limit, amount in
                        Tariff.Band(upToGrams: limit, amount: amount * factor[index] / 100)
                    },
                    perKilogramBeyond: beyond * factor[index] / 100, transitDays: days[index])
            })
    }
}
