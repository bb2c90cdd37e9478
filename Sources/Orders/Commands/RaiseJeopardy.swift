import Contracts
import Kernel

extension Order {
    /// It is later than promised: a flag for people, raised once; nothing is interrupted.
    public mutating func raiseJeopardy(reason: String, now: Instant) -> [OrdersEvent] {
        guard !isInJeopardy, !state.isTerminal else { return [] }
        isInJeopardy = true
        updatedAt = now
        return [.orderJeopardyRaised(OrderJeopardyRaised(orderID: id, reason: reason))]
    }
}
