import Kernel
import Synchronization

/// Requests that callers made and that were not answered: what they repeat when the connection breaks.
final class Outstanding<Request: Sendable>: Sendable {
    private struct State {
        var counter = 0
        var requests: [Int: Request] = [:]
    }

    private let state = Mutex(State())

    func add(_ request: Request) -> Int {
        state.withLock { state in
            state.counter += 1
            state.requests[state.counter] = request
            return state.counter
        }
    }

    func answered(_ number: Int) { state.withLock { _ = $0.requests.removeValue(forKey: number) } }

    var isEmpty: Bool { state.withLock { $0.requests.isEmpty } }

    /// All of them, oldest first; they count as never made.
    func takeAll() -> [Request] {
        state.withLock { state in
            defer { state.requests = [:] }
            return state.requests.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
