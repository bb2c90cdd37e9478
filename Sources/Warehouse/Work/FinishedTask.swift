import Kernel

/// A task that was open and is no more.
public struct FinishedTask: Sendable, Equatable {
    public let kind: WorkKind
    public let fulfillmentID: FulfillmentID
    /// `done`, `short` or `cancelled`.
    public let status: WorkStatus
    public let worker: String?
    public let reason: String?
    public let finishedAt: Instant
}

/// A closed parcel of a fulfillment order.
public struct FulfillmentPackage: Sendable, Equatable {
    public let id: PackageID
    public let fulfillmentID: FulfillmentID
    /// From 1 within the fulfillment order.
    public let number: Int
    public let sscc: SSCC
    public let weightGrams: Int

    public init(id: PackageID, fulfillmentID: FulfillmentID, number: Int, sscc: SSCC, weightGrams: Int) {
        self.id = id
        self.fulfillmentID = fulfillmentID
        self.number = number
        self.sscc = sscc
        self.weightGrams = weightGrams
    }
}
