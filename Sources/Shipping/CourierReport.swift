import Kernel

/// What a courier reports about one parcel, checked. How it is written is told by ``CourierReportReading``.
public struct CourierReport: Sendable, Equatable {
    /// What it means to us.
    public let status: ShipmentStatus
    /// The status as the courier wrote it.
    public let statusText: String
    public let occurredAt: Instant
    /// The time as the courier wrote it, with its offset.
    public let timeText: String
    public let location: GeoPoint?
    /// The courier's own id of the report.
    public let eventID: String?
    public let reason: String?
    public let attempt: Int?
    public let eta: Instant?
    public let proof: String?
    /// The whole report as JSON, kept for ever.
    public let raw: String

    public init(
        status: ShipmentStatus, statusText: String, occurredAt: Instant, timeText: String, location: GeoPoint? = nil,
        eventID: String? = nil, reason: String? = nil, attempt: Int? = nil, eta: Instant? = nil, proof: String? = nil,
        raw: String = "{}"
    ) {
        self.status = status
        self.statusText = statusText
        self.occurredAt = occurredAt
        self.timeText = timeText
        self.location = location
        self.eventID = eventID
        self.reason = reason
        self.attempt = attempt
        self.eta = eta
        self.proof = proof
        self.raw = raw
    }

    /// What makes a report the same report when its courier sends it again: courier, shipment, status, time, place.
    ///
    /// - Source: FNV-1a with 64 bits. It only ever meets the other reports of the same shipment.
    public func fingerprint(carrier: String, shipmentID: ShipmentID) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        func mix(_ word: UInt64) {
            for shift in stride(from: UInt64(0), to: 64, by: 8) { mix(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        for byte in carrier.utf8 { mix(byte) }
        mix(UInt64(bitPattern: shipmentID.rawValue))
        mix(UInt8(truncatingIfNeeded: status.rawValue))
        mix(UInt64(bitPattern: occurredAt.milliseconds))
        if let location {
            mix(location.latitude.bitPattern)
            mix(location.longitude.bitPattern)
        }
        return Int64(bitPattern: hash)
    }

    public func event(carrier: String, shipmentID: ShipmentID) -> TrackingEvent {
        TrackingEvent(
            id: fingerprint(carrier: carrier, shipmentID: shipmentID), carrier: carrier, status: status,
            occurredAt: occurredAt, location: location, reason: reason, attempt: attempt, eta: eta, proof: proof)
    }
}

/// A report that cannot be taken as it is written, with everything that is wrong with it.
public struct CourierReportRejection: Rejection {
    public struct Problem: Sendable, Equatable {
        /// JSON pointer (RFC 6901).
        public let pointer: String
        /// Stable, for example `out_of_range`.
        public let code: String
        public let detail: String

        public init(_ pointer: String, _ code: String, _ detail: String) {
            self.pointer = pointer
            self.code = code
            self.detail = detail
        }
    }

    /// At least one.
    public let problems: [Problem]

    public init(_ problems: [Problem]) { self.problems = problems }

    public var code: String { "invalid_report" }
    public var detail: String { problems.map { "\($0.pointer): \($0.detail)" }.joined(separator: " ") }
}
