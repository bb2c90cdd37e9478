import Contracts
import Kernel
import Orders
import Ports

/// The table `returns`: what customers send back.
enum ReturnRow {
    static let columns = """
        order_id, id, units, reason, requested_at, status, warehouse_id, decline_reason, inspected, refunded,
        refund_tries, refund_refusal, updated_at
        """

    /// The oldest first.
    static let ofOrder = "SELECT \(columns) FROM returns WHERE order_id = $1 ORDER BY id"

    static let insert = """
        INSERT INTO returns (id, status, warehouse_id, decline_reason, inspected, refunded, refund_tries,
            refund_refusal, updated_at, order_id, units, reason, requested_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """

    static let update = """
        UPDATE returns SET status = $2, warehouse_id = $3, decline_reason = $4, inspected = $5, refunded = $6,
            refund_tries = $7, refund_refusal = $8, updated_at = $9
        WHERE id = $1
        """

    static func insertion(_ customerReturn: OrderReturn, of order: OrderID) -> [SQLValue] {
        change(customerReturn) + [
            .id(order), .text(customerReturn.units.text), .text(customerReturn.reason),
            .instant(customerReturn.requestedAt),
        ]
    }

    static func change(_ customerReturn: OrderReturn) -> [SQLValue] {
        [
            .id(customerReturn.id), .integer(customerReturn.status.rawValue), .id(customerReturn.warehouseID),
            .text(customerReturn.declineReason), .text(InspectedText.write(customerReturn.inspected)),
            .integer(customerReturn.refunded), .int(customerReturn.refundTries), .text(customerReturn.refundRefusal),
            .instant(customerReturn.updatedAt),
        ]
    }

    static func read(_ row: any SQLRow) throws(Fault) -> OrderReturn {
        guard let status = OrderReturn.Status(rawValue: row.integer(5)) else {
            throw Fault("malformed_row", retryable: false, "return \(row.integer(1))")
        }
        var customerReturn = OrderReturn(
            id: row.id(1), units: try [UnitRange](unitsText: row.text(2)), reason: row.text(3),
            requestedAt: row.instant(4))
        customerReturn.status = status
        customerReturn.warehouseID = row.optionalID(6)
        customerReturn.declineReason = row.text(7)
        customerReturn.inspected = try InspectedText.read(row.text(8))
        customerReturn.refunded = row.integer(9)
        customerReturn.refundTries = row.int(10)
        customerReturn.refundRefusal = row.text(11)
        customerReturn.updatedAt = row.instant(12)
        return customerReturn
    }
}

/// What was found out about a return's units as one column: `line.first.count:disposition:settlement`, separated by
/// commas.
enum InspectedText {
    static func write(_ inspected: [InspectedUnits]) -> String {
        inspected.map { "\([$0.units].text):\($0.disposition.rawValue):\($0.settlement.rawValue)" }
            .joined(separator: ",")
    }

    static func read(_ text: String) throws(Fault) -> [InspectedUnits] {
        try text.split(separator: ",").map { (part) throws(Fault) in
            let fields = part.split(separator: ":")
            guard fields.count == 3, let disposition = Int64(fields[1]).flatMap(ReturnDisposition.init(rawValue:)),
                let settlement = Int64(fields[2]).flatMap(ReturnSettlement.init(rawValue:)),
                let units = try [UnitRange](unitsText: String(fields[0])).first
            else { throw Fault("malformed_units", retryable: false, text) }
            return InspectedUnits(units: units, disposition: disposition, settlement: settlement)
        }
    }
}
