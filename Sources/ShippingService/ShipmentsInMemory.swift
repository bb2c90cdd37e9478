import Kernel
import Runtime
import Shipping

/// Shipments on their way as they are stored, with their reports, so that the next batch need not read them again.
struct ShipmentsInMemory {
    final class Entry {
        let shipment: Shipment
        /// `nil` while nobody asked for them.
        let reports: [ReportTable.Stored]?

        init(_ shipment: Shipment, reports: [ReportTable.Stored]?) {
            self.shipment = shipment
            self.reports = reports
        }
    }

    private let byID = CommittedCache<Entry>()
    private let byFulfillment = CommittedCache<Entry>()

    func find(_ id: ShipmentID) -> Entry? { byID.find(id.rawValue) }
    func find(_ id: FulfillmentID) -> Entry? { byFulfillment.find(id.rawValue) }

    /// A batch begins.
    func begin() {
        byID.begin()
        byFulfillment.begin()
    }

    /// What the batch under way made of a shipment; of one that has come to its end hardly anything will be said.
    func keep(_ shipment: Shipment, reports: [ReportTable.Stored]?) {
        let entry = shipment.status.isUnderWay ? Entry(shipment, reports: reports) : nil
        byID.keep(entry, for: shipment.id.rawValue)
        byFulfillment.keep(entry, for: shipment.fulfillmentID.rawValue)
    }

    /// The batch under way is durable.
    func commit() {
        byID.commit()
        byFulfillment.commit()
    }
}

extension ShipmentStatus {
    fileprivate var isUnderWay: Bool {
        switch self {
        case .created, .accepted, .inTransit, .outForDelivery, .attemptFailed, .readyForPickup, .onHold, .returning,
            .unknown:
            true
        case .delivered, .returned, .lost, .damaged, .cancelled: false
        }
    }
}
