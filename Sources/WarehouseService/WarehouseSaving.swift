import Kernel
import Ports
import Warehouse

/// Writes what a batch changed: one statement per table and kind of change.
extension WarehouseChanges {
    func save(to database: any DatabaseConnection) throws(Fault) {
        try saveMasterData(database)
        try saveOrders(database)
        try saveFulfillments(database)
        try saveAllocations(database)
        try saveHolds(database)
        try saveReturns(database)
        try saveStock(database)
    }

    private func saveMasterData(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO warehouses (id, code, gln, name, country, latitude, longitude)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            newSites.map { site in
                [
                    .id(site.id), .text(site.code), .text(site.gln?.digits), .text(site.name), .text(site.country),
                    .real(site.place.latitude), .real(site.place.longitude),
                ]
            })
        try database.executeLater(
            """
            INSERT INTO products (id, sku, name, weight_grams) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET sku = excluded.sku, name = excluded.name,
                weight_grams = excluded.weight_grams
            """,
            products.map { [.id($0.id), .text($0.sku), .text($0.name), .int($0.weightGrams)] })
        try database.executeLater(
            """
            INSERT INTO stock_references (reference, kind, product, warehouse, quantity) VALUES ($1, $2, $3, $4, $5)
            """,
            references.map { reference, quantity in
                [
                    .text(reference.text), .integer(reference.kind.rawValue), .id(reference.key.productID),
                    .id(reference.key.warehouseID), .int(quantity),
                ]
            })
    }

    private func saveOrders(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO orders (id, requests, is_stopped, is_release_asked) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET requests = excluded.requests, is_stopped = excluded.is_stopped,
                is_release_asked = excluded.is_release_asked
            """,
            orders.map { id, standing in
                [.id(id), .int(standing.requests), .bool(standing.isStopped), .bool(standing.isReleaseAsked)]
            })
    }

    private func saveFulfillments(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO fulfillments (id, order_id, warehouse, request, created_at, step, task_status, worker, since,
                units)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            newFulfillments.map { fulfillment in
                [
                    .id(fulfillment.id), .id(fulfillment.orderID), .id(fulfillment.warehouseID),
                    .int(fulfillment.request), .instant(fulfillment.createdAt), .integer(fulfillment.step.rawValue),
                    .integer(fulfillment.taskStatus.rawValue), .text(fulfillment.worker), .instant(fulfillment.since),
                    .int(fulfillment.unitCount),
                ]
            })
        try database.executeLater(
            """
            UPDATE fulfillments SET step = $2, task_status = $3, worker = $4, since = $5, units = $6,
                came_back_early = $7
            WHERE id = $1
            """,
            changedFulfillments.map { fulfillment in
                [
                    .id(fulfillment.id), .integer(fulfillment.step.rawValue),
                    .integer(fulfillment.taskStatus.rawValue), .text(fulfillment.worker), .instant(fulfillment.since),
                    .int(fulfillment.unitCount), .bool(fulfillment.cameBackEarly),
                ]
            })
        try database.executeLater(
            "UPDATE fulfillments SET shipment = $2, carrier = $3, tracking_number = $4 WHERE id = $1",
            labels.map { [.id($0.fulfillmentID), .id($0.shipmentID), .text($0.carrier), .text($0.trackingNumber)] })
        try database.executeLater(
            """
            INSERT INTO finished_tasks (fulfillment, kind, status, worker, reason, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            finishedTasks.map { task in
                [
                    .id(task.fulfillmentID), .integer(task.kind.rawValue), .integer(task.status.rawValue),
                    .text(task.worker), .text(task.reason), .instant(task.finishedAt),
                ]
            })
        try database.executeLater(
            "INSERT INTO packages (fulfillment, number, id, sscc, weight_grams) VALUES ($1, $2, $3, $4, $5)",
            packages.map {
                [.id($0.fulfillmentID), .int($0.number), .id($0.id), .text($0.sscc.digits), .int($0.weightGrams)]
            })
    }

    private func saveAllocations(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            "DELETE FROM allocations WHERE fulfillment = $1", reshapedFulfillments.map { [.id($0.id)] })
        var inserted: [[SQLValue]] = []
        for fulfillment in newFulfillments + reshapedFulfillments {
            for line in fulfillment.lines {
                inserted.append([
                    .id(fulfillment.id), .int(line.line), .int(line.first), .id(line.productID), .int(line.quantity),
                    .int(line.entry), .int(line.pickEntry),
                ])
            }
        }
        try database.executeLater(
            """
            INSERT INTO allocations (fulfillment, line, first, product, quantity, entry, pick_entry)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, inserted)
        var picked: [[SQLValue]] = []
        for fulfillment in pickedFulfillments {
            for line in fulfillment.lines {
                picked.append([.id(fulfillment.id), .int(line.line), .int(line.first), .int(line.pickEntry)])
            }
        }
        try database.executeLater(
            "UPDATE allocations SET pick_entry = $4 WHERE fulfillment = $1 AND line = $2 AND first = $3", picked)
    }

    private func saveHolds(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            "INSERT INTO holds (id, cart, created_at, expires_at, status) VALUES ($1, $2, $3, $4, 1)",
            newHolds.map { [.id($0.id), .text($0.cart), .instant($0.createdAt), .instant($0.expiresAt)] })
        try database.executeLater(
            "INSERT INTO hold_lines (hold, product, warehouse, quantity, entry) VALUES ($1, $2, $3, $4, $5)",
            newHolds.flatMap { hold in
                hold.lines.map { line -> [SQLValue] in
                    [
                        .id(hold.id), .id(line.key.productID), .id(line.key.warehouseID), .int(line.quantity),
                        .int(line.entry),
                    ]
                }
            })
        try database.executeLater(
            "UPDATE holds SET status = $2, order_id = $3 WHERE id = $1",
            closedHolds.map { [.id($0.id), .integer($0.status.rawValue), .id($0.orderID)] })
    }

    private func saveReturns(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO returns (id, order_id, warehouse, reference, expected_at, worker, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            newReturns.map { customerReturn in
                [
                    .id(customerReturn.id), .id(customerReturn.orderID), .id(customerReturn.warehouseID),
                    .text(customerReturn.id.text), .instant(customerReturn.expectedAt), .text(customerReturn.worker),
                    .instant(customerReturn.receivedAt),
                ]
            })
        try database.executeLater(
            "UPDATE returns SET worker = $2, received_at = $3 WHERE id = $1",
            receivedReturns.map { [.id($0.id), .text($0.worker), .instant($0.receivedAt)] })
        try database.executeLater(
            "DELETE FROM return_units WHERE return_id = $1", receivedReturns.map { [.id($0.id)] })
        try database.executeLater(
            """
            INSERT INTO return_units (return_id, line, first, quantity, product, disposition, settlement)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            (newReturns + receivedReturns).flatMap { customerReturn in
                customerReturn.lines.map { line -> [SQLValue] in
                    [
                        .id(customerReturn.id), .int(line.units.line), .int(line.units.first), .int(line.units.count),
                        .id(line.productID), line.disposition.map { .integer($0.rawValue) } ?? .null,
                        .integer(line.settlement.rawValue),
                    ]
                }
            })
    }

    private func saveStock(_ database: any DatabaseConnection) throws(Fault) {
        try database.executeLater(
            """
            INSERT INTO stock (\(WarehouseRows.stockColumns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (product, warehouse) DO UPDATE SET on_hand = excluded.on_hand, held = excluded.held,
                allocated = excluded.allocated, picked = excluded.picked, damaged = excluded.damaged,
                quality_control = excluded.quality_control, quarantined = excluded.quarantined,
                safety = excluded.safety, incoming = excluded.incoming, entries = excluded.entries
            """,
            stock.map { row in
                [
                    .id(row.key.productID), .id(row.key.warehouseID), .int(row.onHand), .int(row.held),
                    .int(row.allocated), .int(row.picked), .int(row.damaged), .int(row.qualityControl),
                    .int(row.quarantined), .int(row.safety), .int(row.incoming), .int(row.entries),
                ]
            })
        try database.executeLater(
            """
            INSERT INTO ledger (product, warehouse, number, kind, counter, quantity, document_kind, document,
                reference, actor, reverses, occurred_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, entries.map(\.row))
    }
}

extension LedgerEntry {
    fileprivate var row: [SQLValue] {
        let (documentKind, documentID, reference): (SQLValue, SQLValue, SQLValue) =
            switch document {
            case .fulfillment(let id): (1, .id(id), .null)
            case .hold(let id): (2, .id(id), .null)
            case .reference(let text): (3, .null, .text(text))
            }
        return [
            .id(key.productID), .id(key.warehouseID), .int(number), .integer(kind.rawValue),
            .integer(counter.rawValue), .int(quantity), documentKind, documentID, reference, .text(actor),
            .int(reverses), .instant(occurredAt),
        ]
    }
}
