import Foundation
import Synchronization

/// A few threads of our own for calls that block: name resolution, files, `sendmail`.
///
/// Swift's cooperative pool has as many threads as the machine has cores; one blocked there is missed everywhere.
public final class BlockingThreads: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let count: Int

    /// - Parameter count: how many calls may block at the same time, 1 or more.
    public init(count: Int = 4) {
        precondition(count > 0, "\(count) threads")
        self.count = count
        for number in 1...count {
            let thread = Thread { [self] in work() }
            thread.name = "gateway-\(number)"
            thread.start()
        }
    }

    /// Lets the threads end once everything that was asked for has run. Asking after that is a bug.
    public func close() {
        state.withLock { $0.isClosed = true }
        for _ in 0..<count { available.signal() }
    }

    /// Runs `job` on one of the threads, in the order of asking.
    func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                precondition(!state.isClosed, "a blocking call after closing")
                state.jobs.append { continuation.resume(returning: job()) }
            }
            available.signal()
        }
    }

    private func work() {
        while true {
            available.wait()
            guard let job = take() else { return }
            job()
        }
    }

    /// - Returns: `nil` when there is none and there will be none.
    private func take() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.next < state.jobs.count else {
                precondition(state.isClosed, "a thread was woken for nothing")
                return nil
            }
            let job = state.jobs[state.next]
            state.next += 1
            if state.next == state.jobs.count || state.next > 1_000 {
                state.jobs.removeFirst(state.next)
                state.next = 0
            }
            return job
        }
    }
}
