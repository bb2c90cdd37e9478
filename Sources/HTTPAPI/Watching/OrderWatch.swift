import Contracts
import Kernel
import Runtime
import Synchronization

/// Lets a request wait until its order is decided: its stock is reserved, or it is rejected.
///
/// The decision is Orders' own: the commit that appended the end of the order or consumed Warehouse's answer. Payment
/// comes later, so a provider that is down does not keep a shopper waiting.
public final class OrderWatch: CommitObserver {
    private struct State {
        var waiting: [OrderID: [Int: CheckedContinuation<Bool, Never>]] = [:]
        var nextTicket = 0
        /// The latest decisions, since one may come before its request begins to wait.
        var decided: Set<OrderID> = []
        var order: [OrderID] = []
        var next = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: how many decisions are remembered.
    public init(capacity: Int = 16_384) { self.capacity = capacity }

    public func committed(_ record: CommitRecord) {
        guard record.topic == .orders else { return }
        let decided = record.appended.compactMap(Self.decision) + record.consumed.compactMap(Self.decision)
        guard !decided.isEmpty else { return }
        let continuations = state.withLock { state in
            var continuations: [CheckedContinuation<Bool, Never>] = []
            for id in decided {
                remember(id, &state)
                if let waiting = state.waiting.removeValue(forKey: id) { continuations += waiting.values }
            }
            return continuations
        }
        for continuation in continuations { continuation.resume(returning: true) }
    }

    private static func decision(_ envelope: Envelope) -> OrderID? {
        switch envelope.event {
        case .orders(.orderConfirmed(let payload)): payload.orderID
        case .orders(.orderRejected(let payload)): payload.orderID
        case .orders(.orderCancelled(let payload)): payload.orderID
        case .warehouse(.stockReserved(let payload)): payload.orderID
        case .warehouse(.stockReservationRejected(let payload)): payload.orderID
        default: nil
        }
    }

    private func remember(_ id: OrderID, _ state: inout State) {
        guard state.decided.insert(id).inserted else { return }
        if state.order.count < capacity {
            state.order.append(id)
        } else {
            state.decided.remove(state.order[state.next])
            state.order[state.next] = id
            state.next = (state.next + 1) % capacity
        }
    }

    /// Waits until the order is decided.
    ///
    /// - Returns: false when the time was over first.
    public func waitForDecision(on id: OrderID, atMost limit: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            let ticket: Int? = state.withLock { state in
                if state.decided.contains(id) { return nil }
                state.nextTicket += 1
                state.waiting[id, default: [:]][state.nextTicket] = continuation
                return state.nextTicket
            }
            guard let ticket else { return continuation.resume(returning: true) }
            Task {
                // Sleeping cannot be cancelled here: this task belongs to nobody.
                try? await Task.sleep(for: limit)
                giveUp(id, ticket)
            }
        }
    }

    private func giveUp(_ id: OrderID, _ ticket: Int) {
        let continuation = state.withLock { state in
            let continuation = state.waiting[id]?.removeValue(forKey: ticket)
            if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil }
            return continuation
        }
        continuation?.resume(returning: false)
    }
}
