import Contracts
import Kernel

/// Units that will never be handed over: their money is never captured.
extension Order {
    /// What a fulfillment can still not deliver: its missing units when nobody else has them, otherwise all it carries.
    ///
    /// - Returns: what to publish; empty when all these units were cancelled before.
    public mutating func cancelRemaining(_ index: Int, reason: String, now: Instant) -> [OrdersEvent] {
        if !fulfillments[index].missing.isEmpty, fulfillments[index].missingRequest > 0 {
            let missing = fulfillments[index].missing
            fulfillments[index].missing = []
            fulfillments[index].missingRequest = 0
            return cancelForGood(missing, reason: reason, now: now)
        }
        return drop(index, reason: reason, now: now)
    }

    /// Warehouse took units out of a fulfillment that nobody had picked.
    ///
    /// - Throws: `unknown_units`.
    public mutating func reduce(
        _ index: Int, by units: [UnitRange], reason: String, lines: [OrderLine], now: Instant
    ) throws(Fault) -> [OrdersEvent] {
        let gone = fulfillments[index].units.intersection(units)
        guard !gone.isEmpty, fulfillments[index].status.isBeforeHandover else { return [] }
        fulfillments[index].units = fulfillments[index].units.subtracting(gone)
        fulfillments[index].value = try lines.value(of: fulfillments[index].units)
        fulfillments[index].updatedAt = now
        answerCancellation(of: gone)
        return cancelForGood(gone, reason: reason, now: now)
    }

    /// Warehouse stopped a fulfillment. While the whole order is being cancelled its units need no event of their own.
    public mutating func stop(_ index: Int, reason: String, now: Instant) -> [OrdersEvent] {
        guard fulfillments[index].status.isBeforeHandover else { return [] }
        let units = fulfillments[index].units
        let isWhole = cancellation.isPendingForAll
        let events = drop(index, reason: reason, now: now)
        answerCancellation(of: units)
        return isWhole ? [] : events
    }

    /// A fulfillment ends without its units.
    private mutating func drop(_ index: Int, reason: String, now: Instant) -> [OrdersEvent] {
        let units = fulfillments[index].units
        fulfillments[index].status = .cancelled
        fulfillments[index].units = []
        fulfillments[index].value = 0
        fulfillments[index].updatedAt = now
        return cancelForGood(units, reason: reason, now: now)
    }

    private mutating func cancelForGood(_ units: [UnitRange], reason: String, now: Instant) -> [OrdersEvent] {
        let gone = units.subtracting(cancelledUnits).normalized
        guard !gone.isEmpty else { return [] }
        cancelledUnits = cancelledUnits.union(gone)
        updatedAt = now
        return [.unitsCancelled(UnitsCancelled(orderID: id, units: gone, reason: reason))]
    }

    /// Units of a pending cancellation were dealt with; it is accepted when none is left.
    private mutating func answerCancellation(of units: [UnitRange]) {
        guard cancellation.isPending, !cancellation.units.isEmpty else { return }
        let rest = cancellation.units.subtracting(units)
        if rest.isEmpty { cancellation.status = .accepted } else { cancellation.units = rest }
    }
}
