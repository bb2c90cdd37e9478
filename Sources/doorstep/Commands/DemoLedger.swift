import Contracts
import Kernel
import Runtime
import Synchronization

/// What became of each order of a demo, as the events tell it.
final class DemoLedger: CommitObserver {
    struct Summary: Sendable {
        var placed = 0
        var confirmed = 0
        var rejected = 0
        var cancelled = 0
        var completed = 0
        var delivered = 0
        var returned = 0
        /// Milliseconds from placement, sorted.
        var toReserved: [Int64] = []
        var toDelivered: [Int64] = []
    }

    private struct State: Sendable {
        var summary = Summary()
        var createdAt: [Int64: Instant] = [:]
        var ended = 0
    }

    private let expected: Int
    private let state = Mutex(State())

    init(expected: Int) { self.expected = expected }

    var summary: Summary {
        var summary = state.withLock { $0.summary }
        summary.toReserved.sort()
        summary.toDelivered.sort()
        return summary
    }

    var progress: (placed: Int, ended: Int) { state.withLock { ($0.summary.placed, $0.ended) } }

    /// - Returns: whether every order is terminal.
    func waitForAll(atMost limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if state.withLock({ $0.ended >= expected }) { return true }
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                return false
            }
        }
        return false
    }

    func committed(_ record: CommitRecord) {
        state.withLock { state in
            for envelope in record.appended { Self.note(envelope, &state) }
        }
    }

    private static func note(_ envelope: Envelope, _ state: inout State) {
        let since = state.createdAt[envelope.key].map { (envelope.recordedAt - $0).inMilliseconds }
        switch envelope.event {
        case .orders(.orderCreated):
            state.createdAt[envelope.key] = envelope.recordedAt
            state.summary.placed += 1
        case .warehouse(.stockReserved(let event)) where event.request == 1:
            if let since { state.summary.toReserved.append(since) }
        case .orders(.orderConfirmed): state.summary.confirmed += 1
        case .orders(.orderRejected):
            state.summary.rejected += 1
            state.ended += 1
        case .orders(.orderCancelled):
            state.summary.cancelled += 1
            state.ended += 1
        case .orders(.orderCompleted):
            state.summary.completed += 1
            state.ended += 1
        case .shipping(.shipmentDelivered):
            state.summary.delivered += 1
            if let since { state.summary.toDelivered.append(since) }
        case .shipping(.shipmentReturned): state.summary.returned += 1
        default: break
        }
    }
}
