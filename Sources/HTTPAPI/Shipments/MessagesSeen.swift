import Kernel
import Shipping
import Signing
import Synchronization

/// Which shipment each signed message was about, for as long as its signature would be believed again.
///
/// The brief's webhook names the shipment in its address, which is not signed: whoever overhears one message could
/// otherwise send it to the address of any other shipment of the same courier. Only the very same message is
/// recognized, so a courier that signs each report anew is never refused.
final class MessagesSeen: Sendable {
    private struct State {
        /// What came since ``State/turnedAt``, and before it.
        var current: [[UInt8]: ShipmentID] = [:]
        var former: [[UInt8]: ShipmentID] = [:]
        var turnedAt: Instant?
    }

    /// A signature's time may lie so far ahead, and is believed until it lies as far behind.
    private static let believedFor = WebhookSignature.tolerance + WebhookSignature.tolerance + .seconds(2)

    /// Of each generation: beyond it the older one is forgotten early, so that a flood cannot fill the memory.
    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 100_000) { self.capacity = capacity }

    /// Notes a message whose signature is right.
    ///
    /// - Parameter content: everything that was signed: id, time and body.
    /// - Returns: false when the same message came before, about another shipment.
    func note(_ content: some Collection<UInt8>, about shipment: ShipmentID, now: Instant) -> Bool {
        let digest = Digest.sha256(content)
        return state.withLock { state in
            let isOld = state.turnedAt.map { now - $0 > Self.believedFor } ?? true
            if isOld || state.current.count >= capacity {
                (state.former, state.current, state.turnedAt) = (state.current, [:], now)
            }
            if let before = state.current[digest] ?? state.former[digest] { return before == shipment }
            state.current[digest] = shipment
            return true
        }
    }
}
