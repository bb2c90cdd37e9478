import Contracts
import Kernel
import Orders
import Ports

/// The table `orders`, a row per order without its lines and fulfillments.
enum OrderRow {
    static let columns = """
        id, client, number, customer, currency, country, latitude, longitude, payment_method, hold_id, tracking_high,
        tracking_low, goods_count, total, placed_at, has_email, state, updated_at, authorized, captured, refunded,
        voided, authorization_id, declined, cancellation, cancellation_reason, cancellation_units, end_reason,
        shortages, jeopardy, cancelled_units, last_request, retries, notified
        """

    static let insert = """
        INSERT INTO orders (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
        """

    static let update = """
        UPDATE orders SET has_email = $2, state = $3, updated_at = $4, authorized = $5, captured = $6, refunded = $7,
            voided = $8, authorization_id = $9, declined = $10, cancellation = $11, cancellation_reason = $12,
            cancellation_units = $13, end_reason = $14, shortages = $15, jeopardy = $16, cancelled_units = $17,
            last_request = $18, retries = $19, notified = $20
        WHERE id = $1
        """

    static func insertion(_ order: Order) -> [SQLValue] {
        [
            .id(order.id), .integer(order.client), .text(order.number), .text(order.customer),
            .text(order.currency.code), .text(order.destination.country), .real(order.destination.place.latitude),
            .real(order.destination.place.longitude), .text(order.paymentMethod), .id(order.holdID),
            .integer(Int64(bitPattern: order.trackingToken.high)), .integer(Int64(bitPattern: order.trackingToken.low)),
            .int(order.goodsCount), .integer(order.payment.due), .instant(order.placedAt),
        ] + changeable(order)
    }

    static func change(_ order: Order) -> [SQLValue] { [.id(order.id)] + changeable(order) }

    private static func changeable(_ order: Order) -> [SQLValue] {
        let payment = order.payment
        return [
            .bool(order.hasEmail), .integer(order.state.rawValue), .instant(order.updatedAt),
            .integer(payment.authorized), .integer(payment.captured), .integer(payment.refunded),
            .integer(payment.voided), .text(payment.authorization), .bool(payment.isDeclined),
            .integer(order.cancellation.status.rawValue), .text(order.cancellation.reason),
            .text(order.cancellation.units.text), .text(order.endReason), ShortageText.write(order.shortages),
            .bool(order.isInJeopardy), .text(order.cancelledUnits.text), .int(order.lastRequest), .int(order.retries),
            .integer(order.notified),
        ]
    }

    /// Whether the row of two states of an order is the same.
    static func isSame(_ left: Order, _ right: Order) -> Bool {
        left.state == right.state && left.updatedAt == right.updatedAt && left.payment == right.payment
            && left.notified == right.notified && left.cancellation == right.cancellation
            && left.endReason == right.endReason && left.isInJeopardy == right.isInJeopardy
            && left.cancelledUnits == right.cancelledUnits && left.lastRequest == right.lastRequest
            && left.retries == right.retries && left.hasEmail == right.hasEmail && left.shortages == right.shortages
    }

    static func read(_ row: any SQLRow) throws(Fault) -> Order {
        guard let currency = Currency(row.text(4)), let state = OrderState(rawValue: row.integer(16)),
            let place = GeoPoint(latitude: row.real(6), longitude: row.real(7)),
            let cancellation = Cancellation.Status(rawValue: row.integer(24))
        else { throw Fault("malformed_row", retryable: false, "order \(row.integer(0))") }
        var order = Order(
            id: row.id(0), client: row.integer(1), number: row.optionalText(2), customer: row.text(3),
            currency: currency, destination: Destination(country: row.text(5), place: place),
            paymentMethod: row.text(8), holdID: row.optionalID(9),
            trackingToken: TrackingToken(
                high: UInt64(bitPattern: row.integer(10)), low: UInt64(bitPattern: row.integer(11))),
            goodsCount: row.int(12), placedAt: row.instant(14),
            payment: Payment(
                due: row.integer(13), authorized: row.integer(18), captured: row.integer(19), refunded: row.integer(20),
                voided: row.integer(21), authorization: row.optionalText(22), isDeclined: row.bool(23)))
        order.hasEmail = row.bool(15)
        order.state = state
        order.updatedAt = row.instant(17)
        if cancellation != .none {
            order.cancellation = Cancellation(
                status: cancellation, reason: row.text(25), units: try [UnitRange](unitsText: row.text(26)))
        }
        order.endReason = row.text(27)
        order.shortages = try ShortageText.read(row.optionalText(28))
        order.isInJeopardy = row.bool(29)
        order.cancelledUnits = try [UnitRange](unitsText: row.text(30))
        order.lastRequest = row.int(31)
        order.retries = row.int(32)
        order.notified = row.integer(33)
        return order
    }
}
