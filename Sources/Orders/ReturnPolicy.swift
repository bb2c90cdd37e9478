import Kernel

/// Which returns need nobody's consent.
public struct ReturnPolicy: Sendable, Equatable {
    /// So long after the delivery a return is approved by itself; zero or more.
    public var automaticFor: Duration

    public init(automaticFor: Duration = .seconds(30 * 24 * 3600)) {
        precondition(automaticFor >= .zero, "\(automaticFor)")
        self.automaticFor = automaticFor
    }

    /// Whether units delivered then may be sent back without asking.
    public func isAutomatic(deliveredAt: Instant, now: Instant) -> Bool { now - deliveredAt <= automaticFor }
}
