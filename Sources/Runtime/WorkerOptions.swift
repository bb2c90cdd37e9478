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
    public var retention: Retention

    public init(
        partition: Int = 0, owner: String, batchLimit: Int = 2048, leaseDuration: Duration = .seconds(10),
        formerOwnerIsGone: Bool = false, mailboxCapacity: Int = 16_384,
        retention: Retention = Retention()
    ) {
        self.partition = partition
        self.owner = owner
        self.batchLimit = batchLimit
        self.leaseDuration = leaseDuration
        self.formerOwnerIsGone = formerOwnerIsGone
        self.mailboxCapacity = mailboxCapacity
        self.retention = retention
    }
}
