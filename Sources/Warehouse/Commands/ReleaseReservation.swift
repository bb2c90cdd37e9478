import Contracts
import Kernel

/// Let go of everything reserved for an order that was not handed over.
extension WarehouseState {
    /// Answered by `StockReleased` when nothing is allocated for the order any more: now, or when the last of its
    /// put-back tasks is done. Also for an order that never had any stock.
    public mutating func releaseReservation(of orderID: OrderID, now: Instant) {
        for fulfillment in allFulfillments(of: orderID) where fulfillment.step.isBeforeHandover {
            stop(fulfillment, reason: "released", now: now)
        }
        changeOrder(orderID) { $0.isReleaseAsked = true }
        answerRelease(of: orderID)
    }

    mutating func answerRelease(of orderID: OrderID) {
        guard orders[orderID]?.isReleaseAsked == true,
            allFulfillments(of: orderID).allSatisfy({ !$0.step.holdsStock })
        else { return }
        changeOrder(orderID) { $0.isReleaseAsked = false }
        publish(.stockReleased(StockReleased(orderID: orderID)))
    }

    /// In the order of their making.
    func allFulfillments(of orderID: OrderID) -> [Fulfillment] {
        (fulfillmentsOfOrder[orderID] ?? []).compactMap { fulfillments[$0] }
    }
}
