import Synchronization

/// Work with a time limit, for work that cannot be cancelled: it goes on, but nobody waits for it any more.
enum Deadline {
    private final class Once<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Value, Never>?>

        init(_ continuation: CheckedContinuation<Value, Never>) { self.continuation = Mutex(continuation) }

        func resume(_ value: Value) {
            let waiting = continuation.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            waiting?.resume(returning: value)
        }
    }

    /// - Returns: what `work` returns, or `late` once `limit` is over.
    static func race<Value: Sendable>(
        _ limit: Duration, late: Value, by timeouts: Timeouts, _ work: @escaping @Sendable () async -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            let ticket = timeouts.after(limit) { once.resume(late) }
            Task {
                once.resume(await work())
                timeouts.cancel(ticket)
            }
        }
    }
}
