import Kernel

/// When a lost connection is tried again: at once, then after waits that double up to two seconds. In between whoever
/// asks is refused without a try, so that a server that comes back is not overrun.
struct Reconnection {
    private static let waitMin = Duration.milliseconds(25)
    private static let waitMax = Duration.seconds(2)

    private var failures = 0
    private var next: ContinuousClock.Instant?
    private var last: Fault?

    init() {}

    /// - Throws: what `connect` throws, now or at the last try.
    mutating func attempt(
        now: ContinuousClock.Instant = .now, _ connect: () throws(Fault) -> Void
    ) throws(Fault) {
        if let next, let last, now < next { throw last }
        do {
            try connect()
            self = Reconnection()
        } catch {
            failures += 1
            next = now + min(Self.waitMax, Self.waitMin * (1 << min(failures, 7)))
            last = error
            throw error
        }
    }
}
