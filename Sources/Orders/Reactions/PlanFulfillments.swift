import Contracts
import Kernel

extension Order {
    /// Stock is allocated: notes who ships what.
    ///
    /// - Returns: the new fulfillments; empty when this reservation was noted before.
    /// - Throws: `unknown_units` when Warehouse names units that the order does not have.
    public mutating func plan(
        _ plans: [FulfillmentPlan], request: Int, lines: [OrderLine], now: Instant
    ) throws(Fault) -> [FulfillmentID] {
        let parent = request == 1 ? nil : fulfillments.firstIndex { $0.missingRequest == request }
        if request > 1, parent == nil { return [] }
        var planned: [FulfillmentID] = []
        for plan in plans where fulfillmentIndex(plan.fulfillmentID) == nil {
            let units = plan.lines.map(\.units).normalized
            fulfillments.append(
                OrderFulfillment(
                    id: plan.fulfillmentID, warehouseID: plan.warehouseID,
                    parentID: parent.map { fulfillments[$0].id }, units: units, value: try lines.value(of: units),
                    updatedAt: now))
            planned.append(plan.fulfillmentID)
        }
        if let parent {
            fulfillments[parent].missing = []
            fulfillments[parent].missingRequest = 0
        }
        updatedAt = now
        return planned
    }
}
