import Foundation
import Kernel
import Ports
import Synchronization

/// A thread of its own that steps a worker until it is told to stop.
public final class WorkerThread: Sendable {
    private let isStopping = Atomic(false)
    private let hasStopped = Signal()
    private let signal: Signal
    private let fault = Mutex<Fault?>(nil)

    /// - Parameter make: builds the worker; called on the new thread, which then owns it.
    public init<Logic: ServiceLogic>(
        name: String, signal: Signal, onReady: @escaping @Sendable (Mailbox<Logic.Command, Logic.Reply>) -> Void,
        onFault: @escaping @Sendable (Fault) -> Void, make: @escaping @Sendable () throws(Fault) -> Worker<Logic>
    ) {
        self.signal = signal
        let thread = Thread { [self] in
            defer { hasStopped.raise() }
            // Foundation keeps a name set before the start to itself: the system, and `top -H`, would not know it.
            Thread.current.name = name
            do throws(Fault) {
                let worker = try make()
                onReady(worker.mailbox)
                run(worker, onFault: onFault)
            } catch {
                fault.withLock { $0 = error }
                onFault(error)
            }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Stops after the current batch and what already waits; at most `deadline` later, whatever is left.
    public func stop(within deadline: Duration) {
        isStopping.store(true, ordering: .releasing)
        signal.raise()
        hasStopped.wait(atMost: deadline)
    }

    private func run<Logic>(_ worker: Worker<Logic>, onFault: @Sendable (Fault) -> Void) {
        var failures = 0
        while true {
            do throws(Fault) {
                let handled = try worker.step()
                failures = 0
                if handled > 0 { continue }
                if isStopping.load(ordering: .acquiring) { break }
                signal.wait(atMost: try pause(worker))
            } catch  where error.isRetryable {
                if isStopping.load(ordering: .acquiring) { break }
                failures += 1
                RuntimeLog.report(error, "\(worker.logic.topic.rawValue): retrying")
                signal.wait(atMost: .milliseconds(min(2000, 20 << min(failures, 7))))
            } catch {
                onFault(error)
                break
            }
        }
        worker.close()
    }

    /// Until the next timer, and at most a second: long enough to cost nothing, short enough to keep the lease.
    private func pause<Logic>(_ worker: Worker<Logic>) throws(Fault) -> Duration {
        guard let next = try worker.nextTimer() else { return .seconds(1) }
        return max(.milliseconds(1), min(.seconds(1), next - worker.clock.now))
    }
}
