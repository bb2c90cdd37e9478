import Contracts
import Kernel

extension Order {
    /// Units were not on the shelf: they leave the fulfillment.
    ///
    /// - Returns: whether this is news.
    /// - Throws: `unknown_units`.
    public mutating func notePickedShort(
        _ index: Int, missing: [UnitRange], lines: [OrderLine], now: Instant
    ) throws(Fault) -> Bool {
        let gone = fulfillments[index].units.intersection(missing)
        guard !gone.isEmpty, fulfillments[index].status.isBeforePick else { return false }
        let rest = fulfillments[index].units.subtracting(gone)
        fulfillments[index].value = try lines.value(of: rest)
        fulfillments[index].units = rest
        fulfillments[index].missing = fulfillments[index].missing.union(gone)
        fulfillments[index].status = rest.isEmpty ? .incomplete : .picked
        fulfillments[index].updatedAt = now
        return true
    }

    /// Asks for the missing units from another warehouse.
    public mutating func requestRemainder(_ index: Int, lines: [OrderLine], now: Instant) -> [OrdersEvent] {
        lastRequest += 1
        fulfillments[index].missingRequest = lastRequest
        updatedAt = now
        return [
            .stockReservationRequested(
                StockReservationRequested(
                    orderID: id, request: lastRequest, lines: lines.demands(for: fulfillments[index].missing),
                    destination: destination, excludedWarehouseID: fulfillments[index].warehouseID))
        ]
    }
}
