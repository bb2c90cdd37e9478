import Kernel
import Ports
import Shipping

/// Couriers' reports as rows.
enum ReportTable {
    /// A report as far as folding and recognizing it needs it.
    struct Stored {
        let event: TrackingEvent
        let messageID: String?
    }

    /// A report to be kept.
    struct New {
        let shipmentID: ShipmentID
        let event: TrackingEvent
        let report: CourierReport
        let messageID: String?
    }

    static func load(
        _ shipments: [ShipmentID], _ database: any DatabaseConnection, _ body: (ShipmentID, Stored) -> Void
    ) throws(Fault) {
        try database.queryEach(
            """
            SELECT shipment_id, fingerprint, carrier, status, occurred_at, latitude, longitude, reason, attempt, eta,
                proof, message
            FROM shipment_events WHERE shipment_id = $1
            """, shipments.map { [.id($0)] }
        ) { row throws(Fault) in
            body(row.id(0), Stored(event: try event(row), messageID: row.optionalText(11)))
        }
    }

    static func event(_ row: any SQLRow) throws(Fault) -> TrackingEvent {
        guard let status = ShipmentStatus(rawValue: row.integer(3)) else {
            throw Fault("malformed_row", retryable: false, "report of shipment \(row.integer(0))")
        }
        let location =
            row.isNull(5) || row.isNull(6) ? nil : GeoPoint(latitude: row.real(5), longitude: row.real(6))
        return TrackingEvent(
            id: row.integer(1), carrier: row.text(2), status: status, occurredAt: row.instant(4), location: location,
            reason: row.optionalText(7), attempt: row.optionalInteger(8).map { Int($0) }, eta: row.optionalInstant(9),
            proof: row.optionalText(10))
    }

    static func insert(_ reports: [New], _ database: any DatabaseConnection, now: Instant) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO shipment_events (shipment_id, fingerprint, carrier, status, status_text, occurred_at,
                time_text, received_at, latitude, longitude, reason, attempt, eta, proof, message, raw)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            reports.map { new in
                [
                    .id(new.shipmentID), .integer(new.event.id), .text(new.event.carrier),
                    .integer(new.event.status.rawValue), .text(new.report.statusText), .instant(new.event.occurredAt),
                    .text(new.report.timeText), .instant(now),
                    new.event.location.map { .real($0.latitude) } ?? .null,
                    new.event.location.map { .real($0.longitude) } ?? .null, .text(new.event.reason),
                    .int(new.event.attempt), .instant(new.event.eta), .text(new.event.proof), .text(new.messageID),
                    .text(new.report.raw),
                ]
            })
    }
}
