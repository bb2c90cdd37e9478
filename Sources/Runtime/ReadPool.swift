import Foundation
import Kernel
import Ports
import Synchronization

/// A few threads with a read connection each, for queries that async code waits for without blocking its own threads.
public final class ReadPool: Sendable {
    private struct State: Sendable {
        var jobs: [@Sendable (Result<Reader, Fault>) -> Void] = []
        var next = 0
        var isStopped = false
    }

    /// The connection of the thread that runs a job; it never leaves it.
    struct Reader: @unchecked Sendable {
        let connection: any DatabaseConnection
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let running = DispatchGroup()
    private let capacity: Int

    /// - Parameters:
    ///   - threads: how many queries may run at a time.
    ///   - capacity: how many may wait; more are refused with `database_busy`.
    ///   - access: `.write`, with one thread, makes a queue of writes.
    public init(
        _ database: any Database, name: String, threads: Int = 2, capacity: Int = 1024, access: DatabaseAccess = .read
    ) {
        self.capacity = capacity
        for number in 0..<threads {
            running.enter()
            let thread = Thread { [self] in
                serve(database, access)
                running.leave()
            }
            thread.name = "\(name)-read-\(number)"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Runs `body` on one of the pool's threads.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        let outcome: Swift.Result<Result, Fault> = await withCheckedContinuation { continuation in
            let job: @Sendable (Swift.Result<Reader, Fault>) -> Void = { reader in
                do throws(Fault) {
                    continuation.resume(returning: .success(try body(try reader.get().connection)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            let refusal: Fault? = state.withLock { state in
                if state.isStopped { return Fault("worker_stopping", retryable: true, "the pool is stopping") }
                if state.jobs.count - state.next >= capacity {
                    return Fault("database_busy", retryable: true, "\(capacity) queries wait already")
                }
                state.jobs.append(job)
                return nil
            }
            if let refusal { job(.failure(refusal)) } else { available.signal() }
        }
        return try outcome.get()
    }

    /// As ``read(_:)``, for what a page or document can do without.
    ///
    /// - Returns: `nil` where other processes run the service.
    public func readIfHere<Result: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws(Fault) -> Result
    ) async throws(Fault) -> Result? {
        do throws(Fault) {
            return try await read(body)
        } catch  where error.code == "service_elsewhere" {
            return nil
        }
    }

    /// Lets the threads end after what already waits.
    public func stop(threads: Int = 2) {
        state.withLock { $0.isStopped = true }
        for _ in 0..<threads { available.signal() }
    }

    /// Blocks until the threads have ended and their connections are closed: only then is everything in the databases'
    /// own files.
    ///
    /// - Returns: whether they ended in time.
    public func waitUntilStopped(atMost limit: Duration) -> Bool {
        running.wait(timeout: .now() + .milliseconds(Int(limit.inMilliseconds))) == .success
    }

    private func serve(_ database: any Database, _ access: DatabaseAccess) {
        var connection: (any DatabaseConnection)?
        while let job = next() {
            do throws(Fault) {
                let open: any DatabaseConnection
                if let connection { open = connection } else { open = try database.connect(access) }
                connection = open
                job(.success(Reader(connection: open)))
            } catch {
                job(.failure(error))
            }
        }
        connection?.close()
    }

    private func next() -> (@Sendable (Result<Reader, Fault>) -> Void)? {
        while true {
            available.wait()
            let (job, isStopped): ((@Sendable (Result<Reader, Fault>) -> Void)?, Bool) = state.withLock { state in
                guard state.next < state.jobs.count else { return (nil, state.isStopped) }
                let job = state.jobs[state.next]
                state.next += 1
                if state.next >= 1024 || state.next == state.jobs.count {
                    state.jobs.removeFirst(state.next)
                    state.next = 0
                }
                return (job, false)
            }
            if let job { return job }
            if isStopped { return nil }
        }
    }
}
