import Kernel
import Ports
import Synchronization

/// A clock that stands still until the simulation moves it.
public final class VirtualClock: WallClock {
    private let time: Mutex<Instant>

    public init(_ start: Instant) { time = Mutex(start) }

    public var now: Instant { time.withLock { $0 } }

    /// - Precondition: not into the past.
    public func advance(to instant: Instant) {
        time.withLock { time in
            precondition(instant >= time, "\(instant) is before \(time)")
            time = instant
        }
    }
}
