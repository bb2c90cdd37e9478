import Contracts
import Kernel

/// All units were taken off the shelf.
extension WarehouseState {
    mutating func completePick(_ fulfillment: Fulfillment, by worker: String, now: Instant) {
        var picked = fulfillment
        pickAll(&picked, by: worker, now: now)
        picked.move(to: .packing, at: now)
        save(picked)
        tracked.pickedFulfillments.insert(picked.id)
        finish(.pick, picked, .done, by: worker, now: now)
        publish(
            .fulfillmentPicked(FulfillmentPicked(orderID: picked.orderID, fulfillmentID: picked.id)))
    }

    private mutating func pickAll(_ fulfillment: inout Fulfillment, by worker: String, now: Instant) {
        for index in fulfillment.lines.indices {
            let line = fulfillment.lines[index]
            fulfillment.lines[index].pickEntry = stock.record(
                .pick, fulfillment.stockKey(line), line.quantity, for: .fulfillment(fulfillment.id), by: worker,
                at: now)
        }
    }

    /// Some units were not on the shelf.
    ///
    /// They are no longer allocated here, and the count goes down by as many: what a picker did not find must not be
    /// promised again. Both movements cancel out in what is available, so a short pick never takes from other orders.
    ///
    /// - Throws: `invalidQuantity` for a line that is not in the task, and for more than is in it or less than
    ///   nothing; `nothingMissing`.
    mutating func completeShort(
        _ fulfillment: Fulfillment, reason: String, found: [LineQuantity], by worker: String, now: Instant
    ) throws(WarehouseRejection) {
        let missing = try missingUnits(of: fulfillment, found: found)
        var short = fulfillment
        for gone in missing {
            let key = short.stockKey(gone)
            stock.record(
                .deallocate, key, gone.quantity, for: .fulfillment(short.id), by: worker, reverses: gone.entry,
                at: now)
            stock.record(.adjust, key, -gone.quantity, for: .fulfillment(short.id), by: worker, at: now)
            short.lines = short.lines.flatMap { $0.removing(gone.units).kept }
            short.unitCount -= gone.quantity
        }
        if short.unitCount > 0 {
            pickAll(&short, by: worker, now: now)
            short.move(to: .packing, at: now)
        } else {
            short.move(to: .incomplete, at: now)
        }
        save(short)
        tracked.reshapedFulfillments.insert(short.id)
        finish(.pick, short, .short, by: worker, reason: reason, now: now)
        publish(
            .fulfillmentShort(
                FulfillmentShort(
                    orderID: short.orderID, fulfillmentID: short.id, warehouseID: short.warehouseID, reason: reason,
                    missing: missing.map(\.demand), remaining: short.unitCount)))
    }

    /// The last units of each line are those that are missing. A line that is not named was found whole.
    private func missingUnits(
        of fulfillment: Fulfillment, found: [LineQuantity]
    ) throws(WarehouseRejection) -> [Allocation] {
        var missing: [Allocation] = []
        for report in found {
            let parts = fulfillment.lines.filter { $0.line == report.line }
            let quantity = parts.reduce(0) { $0 + $1.quantity }
            let isRepeated = found.filter { $0.line == report.line }.count > 1
            guard !isRepeated, !parts.isEmpty, (0...quantity).contains(report.quantity) else {
                throw .invalidQuantity(report.quantity)
            }
            var rest = quantity - report.quantity
            for part in parts.reversed() where rest > 0 {
                let split = part.units.splittingLast(rest).split
                missing.append(
                    Allocation(
                        line: part.line, productID: part.productID, first: split.first, quantity: split.count,
                        entry: part.entry))
                rest -= split.count
            }
        }
        guard !missing.isEmpty else { throw .nothingMissing(WorkTask.id(.pick, of: fulfillment.id)) }
        return missing.sorted { ($0.line, $0.first) < ($1.line, $1.first) }
    }
}
