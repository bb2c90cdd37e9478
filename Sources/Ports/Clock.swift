import Kernel

/// What time it is. The system's clock in production, a virtual one in simulations.
public protocol WallClock: Sendable {
    var now: Instant { get }
}
