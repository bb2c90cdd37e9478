import Synchronization

/// Once raised, for ever: what a loop looks at, and can wait for.
final class StopFlag: Sendable {
    private let value = Atomic(false)
    private let signal = Signal()

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() {
        value.store(true, ordering: .releasing)
        signal.raise()
    }

    func wait(atMost duration: Duration) { signal.wait(atMost: duration) }
}
