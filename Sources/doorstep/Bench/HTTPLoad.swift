import Dispatch
import Foundation
import Kernel
import Synchronization

/// Clients of a benchmark, each on a thread and a connection of its own.
struct HTTPLoad: Sendable {
    let port: Int
    let clients: Int

    struct Outcome: Sendable {
        var latencies: [Duration] = []
        /// Answers that were not expected.
        var unexpected = 0
        var elapsed = Duration.zero
        /// Of the clients' threads.
        var clientCPU = Duration.zero
        /// Of everything else in this process.
        var serverCPU = Duration.zero
        /// Of those threads that have a name, by it.
        var threads: [String: Duration] = [:]

        var perSecond: Double { elapsed > .zero ? Double(latencies.count) / elapsed.inSeconds : 0 }

        /// Microseconds.
        func perRequest(_ cpu: Duration) -> Double { cpu.inMicroseconds / Double(max(1, latencies.count)) }

        /// - Parameter fraction: 0–1.
        func milliseconds(at fraction: Double) -> Double {
            let sorted = latencies.sorted()
            guard let last = sorted.last else { return 0 }
            let place = Int((Double(sorted.count) * fraction).rounded(.up)) - 1
            return (sorted.indices.contains(place) ? sorted[place] : last).inMicroseconds / 1000
        }
    }

    /// Every client sends one request after another: the most that the server takes.
    func saturate(
        for duration: Duration, expecting status: Int, _ request: @escaping @Sendable (Int) -> [UInt8]
    ) throws(Fault) -> Outcome {
        try run(expecting: status, request) { _, start in
            let now = ContinuousClock.now
            return now - start < duration ? now : nil
        }
    }

    /// Requests begin at a steady rate, whether or not those before them were answered; what a late one waited for its
    /// client counts, as it would for a shopper.
    func steady(
        perSecond rate: Double, for duration: Duration, expecting status: Int,
        _ request: @escaping @Sendable (Int) -> [UInt8]
    ) throws(Fault) -> Outcome {
        let count = Int(rate * duration.inSeconds)
        return try run(expecting: status, request) { number, start in
            guard number < count else { return nil }
            let begin = start + .nanoseconds(Int64(Double(number) / rate * 1e9))
            let wait = begin - ContinuousClock.now
            // Finer than a signal, which counts milliseconds; nobody raises it.
            if wait > .zero {
                _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .microseconds(Int(wait.inMicroseconds)))
            }
            return begin
        }
    }

    /// - Parameter next: waits for the moment of the request with this number and says when it should have begun.
    private func run(
        expecting status: Int, _ request: @escaping @Sendable (Int) -> [UInt8],
        _ next: @escaping @Sendable (Int, ContinuousClock.Instant) -> ContinuousClock.Instant?
    ) throws(Fault) -> Outcome {
        let total = Mutex(Outcome())
        let flaw = Mutex<Fault?>(nil)
        let counter = Atomic(0)
        let group = DispatchGroup()
        let before = (cpu: CPUTime.ofProcess, threads: CPUTime.byThreadName())
        let start = ContinuousClock.now
        let (port, clients) = (port, clients)
        for _ in 0..<clients {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                var own = Outcome()
                do throws(Fault) {
                    let socket = try HTTPSocket(port: port)
                    while true {
                        let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard let begin = next(number, start) else { break }
                        if try socket.exchange(request(number)) != status { own.unexpected += 1 }
                        own.latencies.append(ContinuousClock.now - begin)
                    }
                } catch {
                    flaw.withLock { $0 = error }
                }
                own.clientCPU = CPUTime.ofThread
                total.withLock { total in
                    total.latencies += own.latencies
                    total.unexpected += own.unexpected
                    total.clientCPU += own.clientCPU
                }
            }
        }
        group.wait()
        if let fault = flaw.withLock({ $0 }) { throw fault }
        return total.withLock { total in
            total.elapsed = ContinuousClock.now - start
            total.serverCPU = CPUTime.ofProcess - before.cpu - total.clientCPU
            total.threads = CPUTime.byThreadName().merging(before.threads) { $0 - $1 }
            return total
        }
    }
}
