import Foundation
import Kernel
import Runtime
import Synchronization

/// Measures what one durable write costs on the disk, beside a run.
final class DiskProbe: Sendable {
    private let isStopping = Atomic(false)
    private let stopRequested = Signal()
    private let stopped = DispatchSemaphore(value: 0)
    private let latencies = Mutex<[Duration]>([])

    /// Writes 4 KB and waits for the disk, every 10 ms, in a file of its own.
    init(folder: String) {
        let path = "\(folder)/probe"
        Thread.detachNewThread { [self] in
            let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            let page = [UInt8](repeating: 7, count: 4096)
            var offset = 0
            while !isStopping.load(ordering: .acquiring) {
                let start = ContinuousClock.now
                let written = pwrite(descriptor, page, page.count, offset)
                guard written == page.count, fdatasync(descriptor) == 0 else { break }
                latencies.withLock { $0.append(ContinuousClock.now - start) }
                offset += page.count
                stopRequested.wait(atMost: .milliseconds(10))
            }
            close(descriptor)
            unlink(path)
            stopped.signal()
        }
    }

    /// - Returns: what was measured.
    func stop() -> HTTPLoad.Outcome {
        isStopping.store(true, ordering: .releasing)
        stopRequested.raise()
        stopped.wait()
        var outcome = HTTPLoad.Outcome()
        outcome.latencies = latencies.withLock { $0 }
        return outcome
    }
}
