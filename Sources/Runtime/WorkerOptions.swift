import Kernel

/// How a worker works.
public struct WorkerOptions: Sendable {
    /// From 0.
    public var partition: Int
    /// How many partitions the service has.
    public var partitionCount: Int
    /// Who holds the lease, unique per process.
    public var owner: String
    /// Inputs of each kind per batch at most.
    public var batchLimit: Int
    /// How long the lease outlives its last renewal.
    public var leaseDuration: Duration
    /// Proof that no other process can hold the lease, such as a lock on the data folder.
    public var formerOwnerIsGone: Bool
    /// How long a worker without work sleeps before it looks again by itself, at most; shorter where nobody wakes it.
    public var idlePause: Duration
    /// Commands that may wait before new ones are refused.
    public var mailboxCapacity: Int
    public var retention: Retention
    /// Whether a worker that has nothing to do says that it lives. A simulation need not.
    public var renewsIdleLease = true
    /// How long events gather after a batch before the next one takes them; commands and outcomes are not kept waiting.
    /// For services that nobody waits for: what follows soon is then handled together.
    public var gathering = Duration.zero
    /// Goes on without the events of other services while their logs cannot be read.
    public var toleratesUnreadableLogs = false

    public init(
        partition: Int = 0, partitionCount: Int = 1, owner: String, batchLimit: Int = 2048,
        leaseDuration: Duration = .seconds(10), formerOwnerIsGone: Bool = false, idlePause: Duration = .seconds(1),
        mailboxCapacity: Int = 16_384,
        retention: Retention = Retention()
    ) {
        self.partition = partition
        self.partitionCount = partitionCount
        self.owner = owner
        self.batchLimit = batchLimit
        self.leaseDuration = leaseDuration
        self.formerOwnerIsGone = formerOwnerIsGone
        self.idlePause = idlePause
        self.mailboxCapacity = mailboxCapacity
        self.retention = retention
    }
}
