import Synchronization

/// Collects what commits bring about and passes it on in batches, one request at a time, as a conveyor or a courier's
/// feed would.
final class BatchFeed<Item: Sendable>: Sendable {
    /// Sends one request and calls back when it is answered.
    typealias Send = @Sendable (_ items: [Item], _ answered: @escaping @Sendable () -> Void) -> Void

    private struct State: Sendable {
        var waiting: [Item] = []
        var isSending = false
    }

    private let limit: Int
    private let send: Send
    private let state = Mutex(State())

    /// - Parameter limit: items per request at most.
    init(limit: Int, send: @escaping Send) {
        self.limit = limit
        self.send = send
    }

    func add(_ items: [Item]) {
        guard !items.isEmpty else { return }
        state.withLock { $0.waiting += items }
        sendNext()
    }

    private func sendNext() {
        let batch: [Item] = state.withLock { state in
            guard !state.isSending, !state.waiting.isEmpty else { return [] }
            state.isSending = true
            if state.waiting.count <= limit {
                defer { state.waiting = [] }
                return state.waiting
            }
            defer { state.waiting.removeFirst(limit) }
            return Array(state.waiting.prefix(limit))
        }
        guard !batch.isEmpty else { return }
        send(batch) { [self] in
            state.withLock { $0.isSending = false }
            sendNext()
        }
    }
}
