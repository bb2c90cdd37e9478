import HTTPAPI
import Kernel
import Runtime
import Synchronization

/// The search service's turn in this process. Of the processes that share a store one searches; each of the others tries
/// again, and takes over when the leases of the one that did have run out.
final class SearchTurn: Sendable {
    typealias Start = @Sendable () async throws(Fault) -> StartedSearch

    private let current = Mutex<StartedSearch?>(nil)
    private let waiting = Mutex<Task<Void, Never>?>(nil)

    private static let pause = Duration.seconds(1)

    /// `nil` while another process searches.
    var access: SearchAccess? { current.withLock { $0?.access } }

    /// Starts searching, or waits for its turn.
    ///
    /// - Parameters:
    ///   - recent: what the services of this process commit.
    ///   - listener: is woken when there may be events.
    /// - Returns: `nil` when this process never searches: by choice, or without the role.
    /// - Throws: what opening the database or the index throws.
    static func begin(
        _ choice: SearchChoice, _ folder: DataFolder, _ system: SystemConfiguration, clock: SystemClock,
        recent: RecentEvents, listener: SearchListener
    ) async throws(Fault) -> SearchTurn? {
        if case .none = choice { return nil }
        guard system.roles.contains(.search) else { return nil }
        let turn = SearchTurn()
        let start: Start = { () async throws(Fault) in
            try await StartedSearch.start(
                choice, folder, system, clock: clock, recent: recent, listener: listener)
        }
        do throws(Fault) {
            let started = try await start()
            turn.current.withLock { $0 = started }
        } catch  where error.code == "lease_held" {
            Terminal.tell("search: another process of this store searches; this one takes over when it is gone")
        }
        turn.waiting.withLock { $0 = Task { await turn.goOn(start) } }
        return turn
    }

    /// Tries again, for as long as the process runs.
    private func goOn(_ start: Start) async {
        while !Task.isCancelled {
            if let running = current.withLock({ $0 }) {
                guard let fault = await running.end() else { return }
                current.withLock { $0 = nil }
                await running.stop()
                Terminal.tell("search stopped: \(fault)")
            }
            do {
                try await Task.sleep(for: Self.pause)
            } catch {
                return
            }
            do throws(Fault) {
                let started = try await start()
                current.withLock { $0 = started }
                Terminal.tell("search: this process searches now")
            } catch  where error.code == "lease_held" {
                continue
            } catch {
                Terminal.tell("search did not start: \(error)")
            }
        }
    }

    /// Stops within seconds; what is not written waits for the next start.
    func stop() async {
        let task = waiting.withLock { $0 }
        task?.cancel()
        await task?.value
        let running = current.withLock { current in
            defer { current = nil }
            return current
        }
        await running?.stop()
    }
}
