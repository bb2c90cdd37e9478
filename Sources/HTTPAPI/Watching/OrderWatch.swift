import Contracts
import Kernel
import Runtime
import Synchronization

/// Lets a request wait until its order is decided: its stock is reserved, or it is rejected.
///
/// Stock is reserved when Warehouse has committed that; a shopper need not wait until Orders has noted it. Everything
/// else is Orders' own decision, and so is a reservation of a Warehouse in another process. Payment comes later, so a
/// provider that is down does not keep a shopper waiting.
public final class OrderWatch: CommitObserver {
    /// What is known of an order.
    enum Decision: Sendable {
        /// Warehouse has reserved its stock, which Orders has yet to note.
        case reserved(StockReserved, at: Instant)
        /// What was decided stands in Orders' tables.
        case noted
    }

    private struct State {
        var waiting: [OrderID: [UInt64: CheckedContinuation<Decision?, Never>]] = [:]
        /// The latest decisions, since one may come before its request begins to wait.
        var decided: [OrderID: Decision] = [:]
        var order: [OrderID] = []
        var next = 0
        var nextTicket: UInt64 = 0
    }

    private let capacity: Int
    private let timeouts = Timeouts()
    private let state = Mutex(State())

    /// - Parameter capacity: how many decisions are remembered.
    public init(capacity: Int = 16_384) { self.capacity = capacity }

    public func committed(_ record: CommitRecord) {
        var decided: [(OrderID, Decision)] = []
        switch record.topic {
        case .orders: decided = (record.appended + record.consumed).compactMap { Self.noted($0).map { ($0, .noted) } }
        case .warehouse: decided = record.appended.compactMap(Self.reserved)
        case .shipping, nil: break
        }
        guard !decided.isEmpty else { return }
        let told = state.withLock { state in
            var told: [(CheckedContinuation<Decision?, Never>, Decision)] = []
            for (id, decision) in decided {
                remember(decision, of: id, &state)
                guard let waiting = state.waiting.removeValue(forKey: id) else { continue }
                for continuation in waiting.values { told.append((continuation, decision)) }
            }
            return told
        }
        for (continuation, decision) in told { continuation.resume(returning: decision) }
    }

    private static func reserved(_ envelope: Envelope) -> (OrderID, Decision)? {
        // A later request is about what is left after a short pick: the order was decided long ago.
        guard case .warehouse(.stockReserved(let payload)) = envelope.event, payload.request == 1 else { return nil }
        return (payload.orderID, .reserved(payload, at: envelope.recordedAt))
    }

    private static func noted(_ envelope: Envelope) -> OrderID? {
        switch envelope.event {
        case .orders(.orderConfirmed(let payload)): payload.orderID
        case .orders(.orderRejected(let payload)): payload.orderID
        case .orders(.orderCancelled(let payload)): payload.orderID
        case .warehouse(.stockReserved(let payload)): payload.orderID
        case .warehouse(.stockReservationRejected(let payload)): payload.orderID
        default: nil
        }
    }

    private func remember(_ decision: Decision, of id: OrderID, _ state: inout State) {
        if let known = state.decided[id] {
            // Warehouse's thread may tell later than Orders'.
            if case .reserved = known { state.decided[id] = decision }
            return
        }
        state.decided[id] = decision
        if state.order.count < capacity {
            state.order.append(id)
        } else {
            state.decided[state.order[state.next]] = nil
            state.order[state.next] = id
            state.next = (state.next + 1) % capacity
        }
    }

    /// What Warehouse has reserved for an order, and when, while Orders has not noted it.
    func unnotedReservation(of id: OrderID) -> (StockReserved, Instant)? {
        guard case .reserved(let reserved, let time) = state.withLock({ $0.decided[id] }) else { return nil }
        return (reserved, time)
    }

    /// Waits until the order is decided.
    ///
    /// - Returns: `nil` when the time was over first.
    func waitForDecision(on id: OrderID, atMost limit: Duration) async -> Decision? {
        var limitTicket: UInt64?
        let decision = await withCheckedContinuation { continuation in
            let (known, ticket) = state.withLock { state -> (Decision?, UInt64) in
                if let known = state.decided[id] { return (known, 0) }
                state.nextTicket += 1
                state.waiting[id, default: [:]][state.nextTicket] = continuation
                return (nil, state.nextTicket)
            }
            if let known { return continuation.resume(returning: known) }
            limitTicket = timeouts.after(limit) { [weak self] in self?.giveUp(id, ticket) }
        }
        if let limitTicket { timeouts.cancel(limitTicket) }
        return decision
    }

    private func giveUp(_ id: OrderID, _ ticket: UInt64) {
        let continuation = state.withLock { state in
            let continuation = state.waiting[id]?.removeValue(forKey: ticket)
            if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil }
            return continuation
        }
        continuation?.resume(returning: nil)
    }
}
