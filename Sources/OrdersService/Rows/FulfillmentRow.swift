import Contracts
import Kernel
import Orders
import Ports

/// The table `fulfillments`: what Orders knows of each warehouse's share.
enum FulfillmentRow {
    static let columns = """
        order_id, id, warehouse_id, parent_id, units, value, status, missing, missing_request, packages, shipment_id,
        carrier, tracking_number, shipment_status, attempts, captured, refunded, restocked, told, notified,
        shipping_position, updated_at, delivered_at
        """

    static let ofOrder = "SELECT \(columns) FROM fulfillments WHERE order_id = $1 ORDER BY place"

    static let insert = """
        INSERT INTO fulfillments (order_id, place, units, value, status, missing, missing_request, packages, shipment_id,
            carrier, tracking_number, shipment_status, attempts, captured, refunded, restocked, told, notified,
            shipping_position, updated_at, delivered_at, id, warehouse_id, parent_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24)
        """

    static let update = """
        UPDATE fulfillments SET units = $3, value = $4, status = $5, missing = $6, missing_request = $7, packages = $8,
            shipment_id = $9, carrier = $10, tracking_number = $11, shipment_status = $12, attempts = $13,
            captured = $14, refunded = $15, restocked = $16, told = $17, notified = $18, shipping_position = $19,
            updated_at = $20, delivered_at = $21
        WHERE order_id = $1 AND place = $2
        """

    static func insertion(_ fulfillment: OrderFulfillment, of order: OrderID, place: Int) -> [SQLValue] {
        change(fulfillment, of: order, place: place) + [
            .id(fulfillment.id), .id(fulfillment.warehouseID), .id(fulfillment.parentID),
        ]
    }

    /// - Parameter place: among the order's fulfillments, from 0; with the order it is the row's key.
    static func change(_ fulfillment: OrderFulfillment, of order: OrderID, place: Int) -> [SQLValue] {
        let shipment = fulfillment.shipment
        return [
            .id(order), .int(place), .text(fulfillment.units.text), .integer(fulfillment.value),
            .integer(fulfillment.status.rawValue), .text(fulfillment.missing.text), .int(fulfillment.missingRequest),
            .text(PackageText.write(fulfillment.packages)), .id(shipment?.id), .text(shipment?.carrier),
            .text(shipment?.trackingNumber), shipment.map { .integer($0.status.rawValue) } ?? .null,
            .int(shipment?.attempts ?? 0), .integer(fulfillment.captured), .integer(fulfillment.refunded),
            .bool(fulfillment.isRestocked), .integer(fulfillment.told.rawValue), .integer(fulfillment.notified),
            .integer(fulfillment.shippingPosition), .instant(fulfillment.updatedAt),
            .instant(fulfillment.deliveredAt),
        ]
    }

    static func read(_ row: any SQLRow) throws(Fault) -> OrderFulfillment {
        guard let status = OrderFulfillment.Status(rawValue: row.integer(6)) else {
            throw Fault("malformed_row", retryable: false, "fulfillment \(row.integer(1))")
        }
        var fulfillment = OrderFulfillment(
            id: row.id(1), warehouseID: row.id(2), parentID: row.optionalID(3),
            units: try [UnitRange](unitsText: row.text(4)), value: row.integer(5), status: status,
            updatedAt: row.instant(21))
        fulfillment.missing = try [UnitRange](unitsText: row.text(7))
        fulfillment.missingRequest = row.int(8)
        fulfillment.packages = try PackageText.read(row.text(9))
        if !row.isNull(10) {
            guard let journey = ShipmentStatus(rawValue: row.integer(13)) else {
                throw Fault("malformed_row", retryable: false, "shipment \(row.integer(10))")
            }
            fulfillment.shipment = OrderFulfillment.Shipment(
                id: row.id(10), carrier: row.text(11), trackingNumber: row.text(12), status: journey,
                attempts: row.int(14))
        }
        fulfillment.captured = row.integer(15)
        fulfillment.refunded = row.integer(16)
        fulfillment.isRestocked = row.bool(17)
        fulfillment.told = OrderFulfillment.Told(rawValue: row.integer(18))
        fulfillment.notified = row.integer(19)
        fulfillment.shippingPosition = row.integer(20)
        fulfillment.deliveredAt = row.optionalInstant(22)
        return fulfillment
    }
}
