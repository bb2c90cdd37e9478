import Contracts
import Kernel

/// The steps of an order's state, as its process asks for them. Each is legal from fixed states alone; the process
/// cannot ask otherwise, so another state is a bug.
extension Order {
    /// Stock is reserved and payment authorized: `placed → confirmed`.
    public mutating func confirm(now: Instant) -> [OrdersEvent] {
        precondition(state == .placed, "\(id) is \(state.name), not placed")
        state = .confirmed
        updatedAt = now
        return [.orderConfirmed(OrderConfirmed(orderID: id))]
    }

    /// The first warehouse was asked to work: `confirmed → fulfilling`.
    public mutating func beginFulfilling(now: Instant) {
        guard state == .confirmed else { return }
        state = .fulfilling
        updatedAt = now
    }

    /// It ends before confirmation: `placed → rejected`. The reason is the first that was noted, otherwise that the
    /// payment took too long.
    public mutating func reject(now: Instant) -> [OrdersEvent] {
        precondition(state == .placed, "\(id) is \(state.name), not placed")
        state = .rejected
        if endReason.isEmpty { endReason = "payment_timeout" }
        settleCancellation(.accepted)
        updatedAt = now
        return [.orderRejected(OrderRejected(orderID: id, reason: endReason))]
    }

    /// It ends with nothing handed over: `placed | confirmed | fulfilling → cancelled`.
    public mutating func endCancelled(now: Instant) -> [OrdersEvent] {
        precondition(!state.isTerminal && !isHandedOver, "\(id) is \(state.name)")
        state = .cancelled
        if endReason.isEmpty {
            endReason = cancellation.reason.isEmpty ? "nothing_to_ship" : cancellation.reason
        }
        settleCancellation(.accepted)
        updatedAt = now
        return [.orderCancelled(OrderCancelled(orderID: id, reason: endReason))]
    }

    /// All is settled: `confirmed | fulfilling → completed`.
    public mutating func complete(now: Instant) -> [OrdersEvent] {
        precondition(state == .confirmed || state == .fulfilling, "\(id) is \(state.name)")
        state = .completed
        settleCancellation(.refused)
        updatedAt = now
        return [.orderCompleted(OrderCompleted(orderID: id))]
    }

    /// A wish to cancel that nobody will answer any more.
    private mutating func settleCancellation(_ status: Cancellation.Status) {
        if cancellation.isPending { cancellation.status = status }
    }
}
