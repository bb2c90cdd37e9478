import Kernel
import Shipping

/// A shipment as people and other programs see it.
public struct ShipmentView: Sendable, Equatable {
    /// Everything that is stored of it.
    public let shipment: Shipment
    /// As its contract names the carrier; its code when it has none any more.
    public let carrierName: String
    /// What the carrier said last, or else what its tariff lets expect; `nil` before there is a label, and when the
    /// parcel has reached its end.
    public let expectedAt: Instant?
    /// What a caller may do now: `report_status`, and `void` before the handover.
    public let allowedActions: [String]

    init(_ shipment: Shipment, _ policy: ShippingPolicy) {
        let carrier = policy.carrier(shipment.carrier)
        self.shipment = shipment
        carrierName = carrier?.name ?? shipment.carrier
        expectedAt = Self.expectation(shipment, carrier)
        allowedActions = (shipment.carrier.isEmpty ? [] : ["report_status"]) + (shipment.mayBeVoided ? ["void"] : [])
    }

    private static func expectation(_ shipment: Shipment, _ carrier: Carrier?) -> Instant? {
        switch shipment.status {
        case .delivered, .returning, .returned, .lost, .damaged, .cancelled: return nil
        case .created, .accepted, .inTransit, .outForDelivery, .attemptFailed, .readyForPickup, .onHold, .unknown:
            if let eta = shipment.tracking.eta { return eta }
            guard let start = shipment.handedOverAt ?? shipment.bookedAt,
                let days = carrier?.tariff.zone(of: shipment.country)?.transitDays
            else { return nil }
            return start + .seconds(days * 86_400)
        }
    }
}

/// One report of a courier in a shipment's timeline.
public struct TimelineEntry: Sendable, Equatable {
    public let event: TrackingEvent
    /// The status and the time as the courier wrote them.
    public let statusText: String
    public let timeText: String
    public let receivedAt: Instant
    /// The courier's id of the report, if it had one.
    public let messageID: String?
    /// The whole report as JSON.
    public let raw: String
}

/// How many shipments there are.
public struct ShipmentCounts: Sendable, Equatable {
    /// Only those that occur, in the order of the statuses.
    public var byStatus: [(status: ShipmentStatus, count: Int64)] = []
    /// Only those that occur: how many labels wait, are booked, void.
    public var byLabel: [(label: LabelState, count: Int64)] = []

    public static func == (left: ShipmentCounts, right: ShipmentCounts) -> Bool {
        left.byStatus.elementsEqual(right.byStatus) { $0 == $1 }
            && left.byLabel.elementsEqual(right.byLabel) { $0 == $1 }
    }
}
