import Kernel
import Ports
import Shipping

/// What people and the API ask Shipping, over a connection that reads.
///
/// All methods throw as ``DatabaseConnection`` says, and `malformed_row` for a row that this version cannot read.
public struct ShippingQueries: Sendable {
    public let policy: ShippingPolicy

    public init(policy: ShippingPolicy = .standard) { self.policy = policy }

    public func shipment(_ id: ShipmentID, _ database: any DatabaseConnection) throws(Fault) -> ShipmentView? {
        try views("WHERE id = $1", [.id(id)], database).first
    }

    public func shipment(of id: FulfillmentID, _ database: any DatabaseConnection) throws(Fault) -> ShipmentView? {
        try views("WHERE fulfillment_id = $1", [.id(id)], database).first
    }

    /// In the order of their making. The tracking page finds its order by the token, and its parcels here.
    public func shipments(of id: OrderID, _ database: any DatabaseConnection) throws(Fault) -> [ShipmentView] {
        try views("WHERE order_id = $1 ORDER BY id", [.id(id)], database)
    }

    /// All shipments that ever had that number, the latest label first: carriers use numbers again.
    public func shipments(
        carrier: String, trackingNumber: String, _ database: any DatabaseConnection
    ) throws(Fault) -> [ShipmentView] {
        try views(
            "WHERE carrier = $1 AND tracking_number = $2 ORDER BY label_date DESC",
            [.text(carrier), .text(trackingNumber)], database)
    }

    /// One page, in the order of their making.
    ///
    /// - Parameters:
    ///   - after: the last id of the page before; `nil` for the first page.
    ///   - limit: 1 or more.
    public func list(
        status: ShipmentStatus? = nil, after: ShipmentID? = nil, limit: Int, _ database: any DatabaseConnection
    ) throws(Fault) -> [ShipmentView] {
        precondition(limit > 0, "a page of \(limit)")
        let start = SQLValue.integer(after?.rawValue ?? 0)
        guard let status else {
            return try views("WHERE id > $1 ORDER BY id LIMIT $2", [start, .int(limit)], database)
        }
        return try views(
            "WHERE id > $1 AND status = $3 ORDER BY id LIMIT $2",
            [start, .int(limit), .integer(status.rawValue)], database)
    }

    /// The newest first.
    public func latest(limit: Int, _ database: any DatabaseConnection) throws(Fault) -> [ShipmentView] {
        try views("ORDER BY id DESC LIMIT $1", [.int(limit)], database)
    }

    /// Everything couriers reported about a shipment, in order of occurrence.
    public func timeline(of id: ShipmentID, _ database: any DatabaseConnection) throws(Fault) -> [TimelineEntry] {
        let entries = try database.rows(
            """
            SELECT shipment_id, fingerprint, carrier, status, occurred_at, latitude, longitude, reason, attempt, eta,
                proof, message, status_text, time_text, received_at, raw
            FROM shipment_events WHERE shipment_id = $1
            """, [.id(id)]
        ) { row throws(Fault) in
            TimelineEntry(
                event: try ReportTable.event(row), statusText: row.text(12), timeText: row.text(13),
                receivedAt: row.instant(14), messageID: row.optionalText(11), raw: row.text(15))
        }
        return entries.sorted { TrackingEvent.occurredBefore($0.event, $1.event) }
    }

    public func counts(_ database: any DatabaseConnection) throws(Fault) -> ShipmentCounts {
        var counts = ShipmentCounts()
        try database.query("SELECT status, count(*) FROM shipments GROUP BY status ORDER BY status", []) { row in
            if let status = ShipmentStatus(rawValue: row.integer(0)) {
                counts.byStatus.append((status, row.integer(1)))
            }
        }
        try database.query("SELECT label, count(*) FROM shipments GROUP BY label ORDER BY label", []) { row in
            if let label = LabelState(rawValue: row.integer(0)) { counts.byLabel.append((label, row.integer(1))) }
        }
        return counts
    }

    /// The carriers with their tariffs, as configured.
    public var carriers: [Carrier] { policy.carriers }

    /// What every carrier that can do it would ask, in the order in which they would be asked. Nobody is called.
    public func rates(_ facts: ShipmentFacts) -> [Quote] {
        policy.choice.candidates(policy.carriers, for: facts)
    }

    private func views(
        _ condition: String, _ parameters: [SQLValue], _ database: any DatabaseConnection
    ) throws(Fault) -> [ShipmentView] {
        try database.rows("SELECT \(ShipmentTable.columns) FROM shipments \(condition)", parameters) {
            row throws(Fault) in
            ShipmentView(try ShipmentTable.shipment(row), policy)
        }
    }
}
