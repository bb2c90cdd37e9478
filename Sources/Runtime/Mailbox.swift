import Kernel
import Ports
import Synchronization

/// Where other threads leave what a worker shall handle.
public final class Mailbox<Command: Sendable, Reply: Sendable>: Sendable {
    struct Content: Sendable {
        var submissions: [Submission<Command, Reply>] = []
        var outcomes: [(Effect, EffectOutcome)] = []
        var deadLetterRequests: [DeadLetterRequest] = []

        var isEmpty: Bool { submissions.isEmpty && outcomes.isEmpty && deadLetterRequests.isEmpty }
    }

    private struct State: Sendable {
        var content = Content()
        var isClosed = false
    }

    /// More waiting commands than this are refused: the client is told to come back instead of waiting for ever.
    private let capacity: Int
    private let state = Mutex(State())
    let signal: Signal

    init(capacity: Int, signal: Signal) {
        self.capacity = capacity
        self.signal = signal
    }

    /// Hands a command over. Its completion is called exactly once, here if the mailbox is full or closed.
    public func submit(_ submission: Submission<Command, Reply>) {
        let refusal: Fault? = state.withLock { state in
            if state.isClosed { return Fault("worker_stopping", retryable: true, "the worker is stopping") }
            if state.content.submissions.count >= capacity {
                return Fault("worker_overloaded", retryable: true, "\(capacity) commands wait already")
            }
            state.content.submissions.append(submission)
            return nil
        }
        if let refusal { submission.completion(.unavailable(refusal)) } else { signal.raise() }
    }

    /// Brings the outcome of an effect. Outcomes are never refused; after closing they are dropped, and the effect is
    /// looked up at the next start.
    public func deliver(_ effect: Effect, _ outcome: EffectOutcome) {
        state.withLock { state in
            if !state.isClosed { state.content.outcomes.append((effect, outcome)) }
        }
        signal.raise()
    }

    /// Hands the worker a person's wish for parked inputs; a closed mailbox fails it at once.
    public func request(_ request: DeadLetterRequest) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.content.deadLetterRequests.append(request) }
            return state.isClosed
        }
        if isClosed {
            request.completion(.failure(Fault("worker_stopping", retryable: true, "the worker is stopping")))
        } else {
            signal.raise()
        }
    }

    /// Takes at most `limit` of each kind, oldest first.
    func take(limit: Int) -> Content {
        state.withLock { state in
            var taken = Content()
            taken.submissions = Self.takeFirst(limit, of: &state.content.submissions)
            taken.outcomes = Self.takeFirst(limit, of: &state.content.outcomes)
            taken.deadLetterRequests = Self.takeFirst(limit, of: &state.content.deadLetterRequests)
            return taken
        }
    }

    /// Refuses everything that comes from now on.
    func close() { state.withLock { $0.isClosed = true } }

    var isEmpty: Bool { state.withLock { $0.content.isEmpty } }

    private static func takeFirst<Element>(_ limit: Int, of elements: inout [Element]) -> [Element] {
        if elements.count <= limit {
            let all = elements
            elements = []
            return all
        }
        let first = Array(elements.prefix(limit))
        elements.removeFirst(limit)
        return first
    }
}

extension Mailbox {
    /// Submits and waits for the answer.
    public func answer(
        to command: Command, idempotency: IdempotencyKey? = nil, audit: AuditNote<Reply>? = nil,
        render: @escaping @Sendable (Reply) -> [UInt8] = { _ in [] }
    ) async -> Answer<Reply> {
        await withCheckedContinuation { continuation in
            submit(
                Submission(command, idempotency: idempotency, audit: audit, render: render) {
                    continuation.resume(returning: $0)
                })
        }
    }
}
