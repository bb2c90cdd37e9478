import Kernel

/// How a worker works.
public struct WorkerOptions: Sendable {
    /// From 0.
    public var partition: Int
    /// Who holds the lease, unique per process.
    public var owner: String
    /// Inputs of each kind per batch at most.
    public var batchLimit: Int
    /// How long the lease outlives its last renewal.
    public var leaseDuration: Duration
    /// Proof that no other process can hold the lease, such as a lock on the data folder.
    public var formerOwnerIsGone: Bool
    /// Commands that may wait before new ones are refused.
    public var mailboxCapacity: Int
    /// How long answers are kept under idempotency keys.
    public var idempotencyWindow: Duration

    public init(
        partition: Int = 0, owner: String, batchLimit: Int = 2048, leaseDuration: Duration = .seconds(10),
        formerOwnerIsGone: Bool = false, mailboxCapacity: Int = 16_384,
        idempotencyWindow: Duration = .seconds(24 * 3600)
    ) {
        self.partition = partition
        self.owner = owner
        self.batchLimit = batchLimit
        self.leaseDuration = leaseDuration
        self.formerOwnerIsGone = formerOwnerIsGone
        self.mailboxCapacity = mailboxCapacity
        self.idempotencyWindow = idempotencyWindow
    }
}
