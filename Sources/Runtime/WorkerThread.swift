import Foundation
import Kernel
import Ports
import Synchronization

/// A thread of its own that steps a worker until it is told to stop.
public final class WorkerThread: EndingThread {
    private let isStopping = Atomic(false)
    private let hasStopped = Signal()
    private let signal: Signal
    private let fault = Mutex<Fault?>(nil)

    /// - Parameter make: builds the worker; called on the new thread, which then owns it.
    public init<Logic: ServiceLogic>(
        name: String, signal: Signal, onReady: @escaping @Sendable (Mailbox<Logic.Command, Logic.Reply>) -> Void,
        onFault: @escaping @Sendable (Fault) -> Void, onEnd: @escaping @Sendable () -> Void = {},
        make: @escaping @Sendable () throws(Fault) -> Worker<Logic>
    ) {
        self.signal = signal
        let thread = Thread { [self] in
            defer {
                onEnd()
                hasStopped.raise()
            }
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

    /// Stops after what already waits, without anybody waiting for it.
    public func askToStop() {
        isStopping.store(true, ordering: .releasing)
        signal.raise()
    }

    /// Stops after the current batch and what already waits; at most `deadline` later, whatever is left.
    public func stop(within deadline: Duration) {
        askToStop()
        hasStopped.wait(atMost: deadline)
    }

    private func run<Logic>(_ worker: Worker<Logic>, onFault: @Sendable (Fault) -> Void) {
        var failures = 0
        var idleRounds = 0
        var reported: (code: String, at: Instant)?
        while true {
            do throws(Fault) {
                let handled = try worker.step()
                failures = 0
                // Events are there for the next owner as well; whoever waits for an answer is answered here.
                if isStopping.load(ordering: .acquiring), worker.isShared, worker.mailbox.isEmpty { break }
                if handled > 0 {
                    idleRounds = 0
                    gather(worker)
                    continue
                }
                if isStopping.load(ordering: .acquiring) { break }
                signal.wait(atMost: try pause(worker, idleRounds))
                idleRounds += 1
            } catch  where error.isRetryable {
                if isStopping.load(ordering: .acquiring) { break }
                failures += 1
                // Every command that comes meanwhile is another try.
                let now = worker.clock.now
                if reported.map({ $0.code != error.code || now - $0.at > .seconds(30) || now < $0.at }) ?? true {
                    RuntimeLog.report(error, "\(worker.logic.name): retrying")
                    reported = (error.code, now)
                }
                signal.wait(atMost: .milliseconds(min(2000, 20 << min(failures, 7))))
            } catch {
                onFault(error)
                break
            }
        }
        worker.close()
    }

    /// Lets events come together, unless somebody waits for an answer.
    private func gather<Logic>(_ worker: Worker<Logic>) {
        guard worker.options.gathering > .zero else { return }
        let end = ContinuousClock.now + worker.options.gathering
        while worker.mailbox.isEmpty, !isStopping.load(ordering: .acquiring) {
            let left = end - ContinuousClock.now
            guard left > .zero else { return }
            signal.wait(atMost: max(.milliseconds(1), left))
        }
    }

    /// Until the next timer, and at most the pause that keeps the lease and finds what nobody woke this worker for:
    /// shorter soon after there was work, since more follows from it in other processes.
    private func pause<Logic>(_ worker: Worker<Logic>, _ idleRounds: Int) throws(Fault) -> Duration {
        let idlePause = worker.options.idlePause
        let longest = idlePause < .seconds(1) ? min(idlePause, .milliseconds(5 << min(idleRounds, 10))) : idlePause
        guard let next = try worker.nextTimer() else { return longest }
        return max(.milliseconds(1), min(longest, next - worker.clock.now))
    }
}
