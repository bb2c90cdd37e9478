import Contracts
import Kernel

extension Order {
    /// Not all of it can be had: kept for whoever asks why.
    public mutating func noteShortages(_ shortages: [LineShortage], now: Instant) {
        self.shortages = shortages
        if endReason.isEmpty { endReason = "out_of_stock" }
        updatedAt = now
    }
}
