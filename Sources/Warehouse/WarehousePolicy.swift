import Kernel

/// What an operator may choose.
public struct WarehousePolicy: Sendable, Equatable {
    /// The GS1 company prefix of the SSCCs, 4–12 digits.
    public var companyPrefix: String
    /// A parcel is not packed heavier than this, in grams.
    public var parcelGramsMax: Int
    /// More parcels than this for one fulfillment order become heavier instead: the goods leave on pallets.
    public var parcelsMax: Int
    /// How long a cart may hold stock at most.
    public var holdDurationMax: Duration

    public init(
        companyPrefix: String = "4012345", parcelGramsMax: Int = 30_000, parcelsMax: Int = 50,
        holdDurationMax: Duration = .seconds(24 * 3600)
    ) {
        precondition(parcelGramsMax > 0 && parcelsMax > 0, "\(parcelGramsMax) g, \(parcelsMax) parcels")
        self.companyPrefix = companyPrefix
        self.parcelGramsMax = parcelGramsMax
        self.parcelsMax = parcelsMax
        self.holdDurationMax = holdDurationMax
    }

    /// More units than this in one movement are taken for a mistake.
    public static let quantityMax = 1_000_000_000
}
