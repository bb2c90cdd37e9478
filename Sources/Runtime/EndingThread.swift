import Kernel

/// A thread that ends when it is told to, after what it is doing.
public protocol EndingThread: Sendable {
    /// Makes it end after what it does now, without waiting for that.
    func askToStop()
    /// Asks it, and blocks until it has ended, at most `deadline`.
    func stop(within deadline: Duration)
}

extension Sequence where Element: EndingThread {
    /// Stops all of them side by side: whatever is left after `deadline` goes with the process.
    public func stopAll(within deadline: Duration) {
        let end = ContinuousClock.now + deadline
        for thread in self { thread.askToStop() }
        for thread in self { thread.stop(within: Swift.max(.zero, end - .now)) }
    }
}
