import Contracts
import Kernel
import Ports
import Warehouse

/// Rows as values.
enum WarehouseRows {
    static let stockColumns =
        "product, warehouse, on_hand, held, allocated, picked, damaged, quality_control, quarantined, safety, "
        + "incoming, entries"

    static let fulfillmentColumns =
        "id, order_id, warehouse, request, created_at, step, task_status, worker, since, units, "
        + "came_back_early"

    static func stock(_ row: any SQLRow) -> Stock {
        Stock(
            key: StockKey(row.id(0), row.id(1)), onHand: row.int(2), held: row.int(3), allocated: row.int(4),
            picked: row.int(5), damaged: row.int(6), qualityControl: row.int(7), quarantined: row.int(8),
            safety: row.int(9), incoming: row.int(10), entries: row.int(11))
    }

    static func fulfillment(_ row: any SQLRow) throws(Fault) -> Fulfillment {
        guard let step = FulfillmentStep(rawValue: row.integer(5)), let status = WorkStatus(rawValue: row.integer(6))
        else { throw unreadable("fulfillments", row.integer(0)) }
        return Fulfillment(
            id: row.id(0), orderID: row.id(1), warehouseID: row.id(2), request: row.int(3), createdAt: row.instant(4),
            step: step, taskStatus: status, worker: row.optionalText(7), since: row.instant(8), unitCount: row.int(9),
            cameBackEarly: row.bool(10))
    }

    /// Columns: fulfillment, line, first, product, quantity, entry, pick_entry.
    static func allocation(_ row: any SQLRow) -> Allocation {
        Allocation(
            line: row.int(1), productID: row.id(3), first: row.int(2), quantity: row.int(4), entry: row.int(5),
            pickEntry: row.optionalInteger(6).map { Int($0) })
    }

    static func sites(_ database: any DatabaseConnection) throws(Fault) -> [WarehouseSite] {
        try database.rows(
            "SELECT id, code, gln, name, country, latitude, longitude FROM warehouses ORDER BY id"
        ) { row throws(Fault) in
            guard let place = GeoPoint(latitude: row.real(5), longitude: row.real(6)) else {
                throw unreadable("warehouses", row.integer(0))
            }
            return WarehouseSite(
                id: row.id(0), code: row.text(1), gln: row.optionalText(2).flatMap { GLN($0) }, name: row.text(3),
                country: row.text(4), place: place)
        }
    }

    /// Holds with their lines, in the order of `ids`; nobody else changes them before the transaction ends.
    static func lockedHolds(_ ids: [HoldID], _ database: any DatabaseConnection) throws(Fault) -> [Hold] {
        try database.queryEach(
            "SELECT id FROM holds WHERE id = $1 /*postgres: FOR UPDATE */", ids.map { [.id($0)] }
        ) { _ in }
        return try holds(ids, database)
    }

    /// Holds with their lines, in the order of `ids`.
    static func holds(_ ids: [HoldID], _ database: any DatabaseConnection) throws(Fault) -> [Hold] {
        var lines: [HoldID: [HoldLine]] = [:]
        try database.queryEach(
            "SELECT hold, product, warehouse, quantity, entry FROM hold_lines WHERE hold = $1", ids.map { [.id($0)] }
        ) { row in
            lines[row.id(0), default: []].append(
                HoldLine(key: StockKey(row.id(1), row.id(2)), quantity: row.int(3), entry: row.int(4)))
        }
        var holds: [Hold] = []
        try database.queryEach(
            "SELECT id, cart, created_at, expires_at, status, order_id FROM holds WHERE id = $1",
            ids.map { [.id($0)] }
        ) { row throws(Fault) in
            guard let status = HoldStatus(rawValue: row.integer(4)) else { throw unreadable("holds", row.integer(0)) }
            let id: HoldID = row.id(0)
            holds.append(
                Hold(
                    id: id, cart: row.text(1), createdAt: row.instant(2), expiresAt: row.instant(3), status: status,
                    orderID: row.optionalID(5), lines: lines[id] ?? []))
        }
        return holds
    }

    /// Returns with their units, those of the first value first.
    ///
    /// - Parameter condition: on the table `returns`, with one parameter.
    static func returns(
        _ condition: String, _ values: [SQLValue], _ database: any DatabaseConnection
    ) throws(Fault) -> [ExpectedReturn] {
        var found: [ExpectedReturn] = []
        try database.queryEach(
            """
            SELECT id, order_id, warehouse, expected_at, worker, received_at FROM returns
            WHERE \(condition) ORDER BY id
            """, values.map { [$0] }
        ) { row in
            found.append(
                ExpectedReturn(
                    id: row.id(0), orderID: row.id(1), warehouseID: row.id(2), expectedAt: row.instant(3),
                    worker: row.optionalText(4), receivedAt: row.optionalInstant(5)))
        }
        var lines: [ReturnID: [ExpectedReturn.Line]] = [:]
        try database.queryEach(
            """
            SELECT return_id, line, first, quantity, product, disposition, settlement FROM return_units
            WHERE return_id = $1 ORDER BY line, first
            """, found.map { [.id($0.id)] }
        ) { row throws(Fault) in
            let disposition = row.optionalInteger(5).map { ReturnDisposition(rawValue: $0) }
            guard disposition != .some(nil), let settlement = ReturnSettlement(rawValue: row.integer(6)) else {
                throw unreadable("return_units", row.integer(0))
            }
            lines[row.id(0), default: []].append(
                ExpectedReturn.Line(
                    units: UnitRange(line: row.int(1), first: row.int(2), count: row.int(3)), productID: row.id(4),
                    disposition: disposition ?? nil, settlement: settlement))
        }
        return found.map { customerReturn in
            ExpectedReturn(
                id: customerReturn.id, orderID: customerReturn.orderID, warehouseID: customerReturn.warehouseID,
                expectedAt: customerReturn.expectedAt, lines: lines[customerReturn.id] ?? [],
                worker: customerReturn.worker, receivedAt: customerReturn.receivedAt)
        }
    }

    static func unreadable(_ table: String, _ id: Int64) -> Fault {
        Fault("malformed_row", retryable: false, "\(table) \(id)")
    }
}
