import Kernel
import Ports
import Shipping

/// Shipments as rows.
enum ShipmentTable {
    static let columns = """
        id, order_id, fulfillment_id, warehouse_id, country, total_grams, parcels, value_amount, value_currency,
        requested_at, label, carrier, attempt, refused_by, quoted_amount, quoted_currency, tracking_number, label_date,
        price_amount, price_currency, booked_at, handed_over_at, ended_because, status, status_since, failed_attempts,
        eta, proof, reason, latitude, longitude, last_event_at
        """

    /// Loads each row that one of the keys names, once per key.
    static func load(
        where column: KeyColumn, _ keys: [Int64], _ database: any DatabaseConnection,
        _ body: (Shipment) -> Void
    ) throws(Fault) {
        let sql =
            switch column {
            case .id: "SELECT \(columns) FROM shipments WHERE id = $1"
            case .fulfillment: "SELECT \(columns) FROM shipments WHERE fulfillment_id = $1"
            case .order: "SELECT \(columns) FROM shipments WHERE order_id = $1 ORDER BY id"
            }
        try database.queryEach(sql, keys.map { [.integer($0)] }) { row throws(Fault) in body(try shipment(row)) }
    }

    enum KeyColumn {
        case id, fulfillment, order
    }

    static func load(
        labels: [LabelName], _ database: any DatabaseConnection, _ body: (Shipment) -> Void
    ) throws(Fault) {
        try database.queryEach(
            """
            SELECT \(columns) FROM shipments WHERE carrier = $1 AND tracking_number = $2 ORDER BY label_date
            """,
            labels.map { [.text($0.carrier), .text($0.trackingNumber)] }
        ) { row throws(Fault) in body(try shipment(row)) }
    }

    static func shipment(_ row: any SQLRow) throws(Fault) -> Shipment {
        guard let label = LabelState(rawValue: row.integer(10)), let value = money(row, 7),
            let tracking = tracking(row)
        else { throw Fault("malformed_row", retryable: false, "shipment \(row.integer(0))") }
        var shipment = Shipment(
            id: row.id(0), orderID: row.id(1), fulfillmentID: row.id(2), warehouseID: row.id(3), country: row.text(4),
            totalGrams: row.int(5), parcels: row.int(6), value: value, requestedAt: row.instant(9))
        shipment.label = label
        shipment.carrier = row.text(11)
        shipment.attempt = row.int(12)
        let refusedBy = row.text(13)
        if !refusedBy.isEmpty { shipment.refusedBy = refusedBy.split(separator: ",").map(String.init) }
        shipment.quoted = money(row, 14)
        shipment.trackingNumber = row.optionalText(16)
        shipment.labelDate = row.optionalInteger(17)
        shipment.price = money(row, 18)
        shipment.bookedAt = row.optionalInstant(20)
        shipment.handedOverAt = row.optionalInstant(21)
        shipment.endedBecause = row.optionalText(22)
        shipment.tracking = tracking
        return shipment
    }

    private static func money(_ row: any SQLRow, _ column: Int) -> Money? {
        guard let amount = row.optionalInteger(column), let currency = Currency(row.text(column + 1)) else {
            return nil
        }
        return Money(amount, currency)
    }

    private static func tracking(_ row: any SQLRow) -> TrackingState? {
        guard let status = ShipmentStatus(rawValue: row.integer(23)) else { return nil }
        var state = TrackingState()
        // A cancelled shipment's reports are folded when the next one comes; before it the row says `cancelled`.
        state.status = status
        state.since = row.optionalInstant(24)
        state.failedAttempts = row.int(25)
        state.eta = row.optionalInstant(26)
        state.proof = row.optionalText(27)
        state.reason = row.optionalText(28)
        if !row.isNull(29), !row.isNull(30) {
            state.location = GeoPoint(latitude: row.real(29), longitude: row.real(30))
        }
        state.lastEventAt = row.optionalInstant(31)
        return state
    }

    static func insert(_ shipments: [Shipment], _ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO shipments (label, carrier, attempt, refused_by, quoted_amount, quoted_currency,
                tracking_number, label_date, price_amount, price_currency, booked_at, handed_over_at, ended_because,
                status, id, order_id, fulfillment_id, warehouse_id, country, total_grams, parcels, value_amount,
                value_currency, requested_at, failed_attempts)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                $22, $23, $24, 0)
            """,
            shipments.map { shipment in
                var row: [SQLValue] = []
                row.reserveCapacity(24)
                appendBooking(shipment, to: &row)
                row.append(.id(shipment.id))
                row.append(.id(shipment.orderID))
                row.append(.id(shipment.fulfillmentID))
                row.append(.id(shipment.warehouseID))
                row.append(.text(shipment.country))
                row.append(.int(shipment.totalGrams))
                row.append(.int(shipment.parcels))
                row.append(.integer(shipment.value.amount))
                row.append(.text(shipment.value.currency.code))
                row.append(.instant(shipment.requestedAt))
                return row
            })
    }

    /// Saves what booking, cancelling and handing over change.
    static func updateBooking(_ shipments: [Shipment], _ database: any DatabaseConnection) throws(Fault) {
        let changed = try database.executeEach(
            """
            UPDATE shipments SET label = $1, carrier = $2, attempt = $3, refused_by = $4, quoted_amount = $5,
                quoted_currency = $6, tracking_number = $7, label_date = $8, price_amount = $9, price_currency = $10,
                booked_at = $11, handed_over_at = $12, ended_because = $13, status = $14
            WHERE id = $15
            """,
            shipments.map { shipment in
                var row: [SQLValue] = []
                row.reserveCapacity(15)
                appendBooking(shipment, to: &row)
                row.append(.id(shipment.id))
                return row
            })
        precondition(changed == shipments.count, "\(changed) of \(shipments.count) shipments updated")
    }

    /// Saves what reports change.
    static func updateTracking(_ shipments: [Shipment], _ database: any DatabaseConnection) throws(Fault) {
        let changed = try database.executeEach(
            """
            UPDATE shipments SET status = $1, status_since = $2, failed_attempts = $3, eta = $4, proof = $5,
                reason = $6, latitude = $7, longitude = $8, last_event_at = $9
            WHERE id = $10
            """,
            shipments.map { shipment in
                let tracking = shipment.tracking
                return [
                    .integer(shipment.status.rawValue), .instant(tracking.since), .int(tracking.failedAttempts),
                    .instant(tracking.eta), .text(tracking.proof), .text(tracking.reason),
                    tracking.location.map { .real($0.latitude) } ?? .null,
                    tracking.location.map { .real($0.longitude) } ?? .null, .instant(tracking.lastEventAt),
                    .id(shipment.id),
                ]
            })
        precondition(changed == shipments.count, "\(changed) of \(shipments.count) shipments updated")
    }

    private static func appendBooking(_ shipment: Shipment, to row: inout [SQLValue]) {
        row.append(.integer(shipment.label.rawValue))
        row.append(.text(shipment.carrier))
        row.append(.int(shipment.attempt))
        row.append(.text(shipment.refusedBy.isEmpty ? "" : shipment.refusedBy.joined(separator: ",")))
        row.append(shipment.quoted.map { .integer($0.amount) } ?? .null)
        row.append(shipment.quoted.map { .text($0.currency.code) } ?? .null)
        row.append(.text(shipment.trackingNumber))
        row.append(shipment.labelDate.map { .integer($0) } ?? .null)
        row.append(shipment.price.map { .integer($0.amount) } ?? .null)
        row.append(shipment.price.map { .text($0.currency.code) } ?? .null)
        row.append(.instant(shipment.bookedAt))
        row.append(.instant(shipment.handedOverAt))
        row.append(.text(shipment.endedBecause))
        row.append(.integer(shipment.status.rawValue))
    }
}

/// A label by what a courier knows of it.
struct LabelName: Hashable {
    let carrier: String
    let trackingNumber: String
}
