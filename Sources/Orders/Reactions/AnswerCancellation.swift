import Contracts
import Kernel

extension Order {
    /// Warehouse stopped the whole order: nothing was handed over and nothing will be.
    public mutating func noteStopped(reason: String, now: Instant) {
        guard !state.isTerminal else { return }
        cancellation = Cancellation(
            status: .accepted, reason: cancellation.reason.isEmpty ? reason : cancellation.reason)
        for index in fulfillments.indices { _ = stop(index, reason: reason, now: now) }
        updatedAt = now
    }

    /// It came too late: nothing changed.
    public mutating func noteCancellationRefused(reason: String, now: Instant) {
        guard cancellation.isPending else { return }
        cancellation.status = .refused
        cancellation.reason = reason
        updatedAt = now
    }
}
