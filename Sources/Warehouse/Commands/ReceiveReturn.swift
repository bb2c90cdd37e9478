import Contracts
import Kernel

/// A parcel that its carrier brought back is announced, and then opened: its units are counted in, and each is restocked
/// or scrapped. What the customer sent back before, though the parcel counts as come back, is not in it.
extension WarehouseState {
    /// The carrier brought the parcels back: somebody must open them, once their handover is noted.
    ///
    /// Passed over when they were announced before, or the fulfillment order was stopped.
    ///
    /// - Returns: whether the fulfillment order is known.
    public mutating func announceReturn(_ id: FulfillmentID, now: Instant) -> Bool {
        guard var fulfillment = fulfillments[id] else { return false }
        if fulfillment.step == .handedOver {
            fulfillment.move(to: .returning, at: now)
        } else if fulfillment.step.isBeforeHandover, !fulfillment.cameBackEarly {
            fulfillment.cameBackEarly = true
        } else {
            return true
        }
        save(fulfillment)
        return true
    }

    /// - Throws: `invalidQuantity` for a line that did not come back, and for more than did.
    mutating func receiveReturn(
        _ fulfillment: Fulfillment, scrapped: [LineQuantity], by worker: String, now: Instant
    ) throws(WarehouseRejection) {
        let lines = linesInside(fulfillment)
        var bad: [Int: Int] = [:]
        for report in scrapped {
            let quantity = lines.reduce(0) { $1.line == report.line ? $0 + $1.quantity : $0 }
            guard bad[report.line] == nil, quantity > 0, (0...quantity).contains(report.quantity) else {
                throw .invalidQuantity(report.quantity)
            }
            bad[report.line] = report.quantity
        }
        let document = LedgerDocument.fulfillment(fulfillment.id)
        for line in lines {
            let key = fulfillment.stockKey(line)
            let scrap = min(line.quantity, bad[line.line] ?? 0)
            bad[line.line, default: 0] -= scrap
            stock.record(.returnReceive, of: .qualityControl, key, line.quantity, for: document, by: worker, at: now)
            if scrap > 0 {
                stock.record(.scrap, of: .qualityControl, key, scrap, for: document, by: worker, at: now)
            }
            if scrap < line.quantity {
                stock.record(
                    .restock, of: .qualityControl, key, line.quantity - scrap, for: document, by: worker, at: now)
            }
        }
        var returned = fulfillment
        returned.move(to: .returned, at: now)
        save(returned)
        finish(.receive, returned, .done, by: worker, now: now)
        publish(
            .returnRestocked(
                ReturnRestocked(orderID: returned.orderID, fulfillmentID: returned.id, units: lines.map(\.units))))
    }

    private func linesInside(_ fulfillment: Fulfillment) -> [Allocation] {
        let sentBack = returns.values.filter { $0.orderID == fulfillment.orderID }.flatMap(\.unitsHere)
        return sentBack.reduce(fulfillment.lines) { lines, gone in lines.flatMap { $0.removing(gone).kept } }
    }
}
