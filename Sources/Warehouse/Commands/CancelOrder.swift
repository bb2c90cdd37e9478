import Contracts
import Kernel

/// Somebody wants an order, or units of it, cancelled. Warehouse decides, since it alone knows, in its own serial order,
/// what was handed over.
extension WarehouseState {
    /// The whole order: refused once anything of it was handed over. Otherwise `FulfillmentCancelled` for each
    /// fulfillment order that was under way, then `OrderStopped`, and nothing is reserved for the order ever after.
    /// Asking again gets the same answer.
    public mutating func stopOrder(_ orderID: OrderID, reason: String, now: Instant) {
        let all = allFulfillments(of: orderID)
        guard !all.contains(where: \.step.isHandedOver) else {
            publish(
                .cancellationRefused(
                    CancellationRefused(orderID: orderID, reason: "already_handed_over", units: [])))
            return
        }
        for fulfillment in all where fulfillment.step.isBeforeHandover {
            stop(fulfillment, reason: reason, now: now)
            publishCancelled(fulfillment, reason: reason)
        }
        changeOrder(orderID) { $0.isStopped = true }
        publish(.orderStopped(OrderStopped(orderID: orderID, reason: reason)))
    }

    /// Units: possible while all of them lie in fulfillment orders that are not picked. They are free at once:
    /// `FulfillmentReduced` for each fulfillment order that loses some, `FulfillmentCancelled` for one that loses all.
    public mutating func cancelUnits(_ units: [UnitRange], of orderID: OrderID, reason: String, now: Instant) {
        let open = allFulfillments(of: orderID).filter { $0.step == .reserved || $0.step == .picking }
        var cuts: [(Fulfillment, [UnitRange])] = []
        var found = 0
        for fulfillment in open {
            let hit = fulfillment.lines.flatMap { line in units.compactMap { Self.overlap(line.units, $0) } }
            guard !hit.isEmpty else { continue }
            found += hit.reduce(0) { $0 + $1.count }
            cuts.append((fulfillment, hit))
        }
        guard found > 0, found == units.reduce(0, { $0 + $1.count }), Self.areDisjoint(units) else {
            publish(
                .cancellationRefused(
                    CancellationRefused(orderID: orderID, reason: "units_not_cancellable", units: units)))
            return
        }
        for (fulfillment, hit) in cuts { reduce(fulfillment, by: hit, reason: reason, now: now) }
    }

    private mutating func reduce(_ fulfillment: Fulfillment, by units: [UnitRange], reason: String, now: Instant) {
        let count = units.reduce(0) { $0 + $1.count }
        guard count < fulfillment.unitCount else {
            stop(fulfillment, reason: reason, now: now)
            publishCancelled(fulfillment, reason: reason)
            return
        }
        var reduced = fulfillment
        for line in fulfillment.lines {
            for gone in units.compactMap({ Self.overlap(line.units, $0) }) {
                stock.record(
                    .deallocate, fulfillment.stockKey(line), gone.count, for: .fulfillment(fulfillment.id), by: nil,
                    reverses: line.entry, at: now)
            }
        }
        for gone in units { reduced.lines = reduced.lines.flatMap { $0.removing(gone).kept } }
        reduced.unitCount -= count
        save(reduced)
        tracked.reshapedFulfillments.insert(reduced.id)
        publish(
            .fulfillmentReduced(
                FulfillmentReduced(
                    orderID: reduced.orderID, fulfillmentID: reduced.id, units: units, remaining: reduced.unitCount,
                    reason: reason)))
    }

    mutating func publishCancelled(_ fulfillment: Fulfillment, reason: String) {
        publish(
            .fulfillmentCancelled(
                FulfillmentCancelled(orderID: fulfillment.orderID, fulfillmentID: fulfillment.id, reason: reason)))
    }

    private static func overlap(_ left: UnitRange, _ right: UnitRange) -> UnitRange? {
        let start = max(left.first, right.first)
        let end = min(left.first + left.count, right.first + right.count)
        return left.line == right.line && start < end
            ? UnitRange(line: left.line, first: start, count: end - start) : nil
    }

    private static func areDisjoint(_ units: [UnitRange]) -> Bool {
        let sorted = units.sorted { ($0.line, $0.first) < ($1.line, $1.first) }
        return zip(sorted, sorted.dropFirst()).allSatisfy { overlap($0, $1) == nil }
    }
}
