import Kernel

/// What a carrier reported about a parcel, in our words.
public struct TrackingEvent: Sendable, Equatable {
    /// Follows from what was reported alone (``CourierReport/fingerprint(carrier:shipmentID:)``), so that the same
    /// report has the same id however often and in whatever order it comes.
    public let id: Int64
    /// The code of the carrier that reported it.
    public let carrier: String
    public let status: ShipmentStatus
    /// When it happened, by the carrier's clock.
    public let occurredAt: Instant
    public let location: GeoPoint?
    public let reason: String?
    /// The carrier's own number of a delivery attempt, from 1.
    public let attempt: Int?
    /// When the carrier expects to deliver.
    public let eta: Instant?
    /// Who signed, or a reference to a picture.
    public let proof: String?

    public init(
        id: Int64, carrier: String, status: ShipmentStatus, occurredAt: Instant, location: GeoPoint? = nil,
        reason: String? = nil, attempt: Int? = nil, eta: Instant? = nil, proof: String? = nil
    ) {
        self.id = id
        self.carrier = carrier
        self.status = status
        self.occurredAt = occurredAt
        self.location = location
        self.reason = reason
        self.attempt = attempt
        self.eta = eta
        self.proof = proof
    }

    /// The order of occurrence, total over different events: by time, then rank of the status, then id.
    package static func occurredBefore(_ left: TrackingEvent, _ right: TrackingEvent) -> Bool {
        if left.occurredAt != right.occurredAt { return left.occurredAt < right.occurredAt }
        if left.status != right.status { return left.status.rank < right.status.rank }
        return left.id < right.id
    }
}
