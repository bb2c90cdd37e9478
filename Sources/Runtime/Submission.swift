import Kernel

/// A command on its way to a worker.
public struct Submission<Command: Sendable, Reply: Sendable>: Sendable {
    public let command: Command
    /// Under which the answer is kept and given again; `nil` for callers inside the process that never repeat.
    public let idempotency: IdempotencyKey?
    /// What the audit log says of it; `nil` for the daily business, whose own tables name the actor.
    public let audit: AuditNote<Reply>?
    /// Renders the answer that is kept for repetitions. Runs on the worker's thread and must be quick.
    public let render: @Sendable (Reply) -> [UInt8]
    /// Called exactly once, on the worker's thread, after the commit.
    public let completion: @Sendable (Answer<Reply>) -> Void

    public init(
        _ command: Command, idempotency: IdempotencyKey? = nil, audit: AuditNote<Reply>? = nil,
        render: @escaping @Sendable (Reply) -> [UInt8] = { _ in [] },
        completion: @escaping @Sendable (Answer<Reply>) -> Void
    ) {
        self.command = command
        self.idempotency = idempotency
        self.audit = audit
        self.render = render
        self.completion = completion
    }
}

/// A client's key for one request.
public struct IdempotencyKey: Hashable, Sendable {
    /// The API key under which the request came.
    public let client: Int64
    /// As the client sent it, 1–255 characters.
    public let key: String
    /// A digest of method, path and body.
    public let fingerprint: [UInt8]

    public init(client: Int64, key: String, fingerprint: [UInt8]) {
        self.client = client
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What became of a submission.
public enum Answer<Reply: Sendable>: Sendable {
    /// Done and durable.
    case accepted(Reply)
    /// Done before under the same idempotency key: what was rendered then.
    case replayed([UInt8])
    /// The idempotency key was used for another request.
    case keyReused
    /// The business said no; nothing changed.
    case rejected(any Rejection)
    /// An earlier input about the same entity is parked in the dead letters; nothing changed.
    case parked
    /// The store did not take it, or the worker is stopping; nothing changed. Try again later.
    case unavailable(Fault)
}
