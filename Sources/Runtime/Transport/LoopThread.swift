import Foundation
import Kernel
import Ports

/// Something that is done again and again on a thread of its own.
public protocol Loop: AnyObject {
    /// What reports call it.
    var name: String { get }
    /// Does what there is to do.
    ///
    /// - Returns: how long to wait for the signal before the next step.
    /// - Throws: what is reported before it is tried again, later each time.
    func step() throws(Fault) -> Duration
    func close()
}

/// Steps a ``Loop`` until it is told to stop. A fault is reported when it first occurs and every half minute while it
/// goes on.
public final class LoopThread: EndingThread {
    private let flag = StopFlag()
    private let hasStopped = Signal()
    private let signal: Signal

    /// - Parameters:
    ///   - signal: wakes the loop.
    ///   - make: builds it; called on the new thread, which then owns it.
    public init(name: String, signal: Signal, clock: any WallClock, make: @escaping @Sendable () -> any Loop) {
        self.signal = signal
        let thread = Thread { [self] in
            defer { hasStopped.raise() }
            Thread.current.name = name
            run(make(), clock)
        }
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Makes it end after the current step, without waiting for that.
    public func askToStop() {
        flag.raise()
        signal.raise()
    }

    /// Stops after the current step, at most `deadline` later.
    public func stop(within deadline: Duration) {
        askToStop()
        hasStopped.wait(atMost: deadline)
    }

    private func run(_ loop: any Loop, _ clock: any WallClock) {
        var failures = 0
        var reported: (code: String, at: Instant)?
        while !flag.isRaised {
            do throws(Fault) {
                let pause = try loop.step()
                failures = 0
                if pause > .zero { signal.wait(atMost: pause) }
            } catch {
                failures += 1
                let now = clock.now
                if reported.map({ $0.code != error.code || now - $0.at > .seconds(30) }) ?? true {
                    RuntimeLog.report(error, loop.name)
                    reported = (error.code, now)
                }
                // Not the signal, which is raised all the time under load.
                flag.wait(atMost: .milliseconds(min(2000, 50 << min(failures, 6))))
            }
        }
        loop.close()
    }
}
