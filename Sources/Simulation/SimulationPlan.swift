import Kernel

/// What a simulated run does; everything else follows from the seed.
public struct SimulationPlan: Sendable, CustomStringConvertible {
    /// When the power fails.
    public enum Crashes: Sendable, Equatable {
        case never
        /// At any commit: a third of them right before it, a third right after it and before anybody is told, a third
        /// after callers were told.
        case atCommits(probability: Double)
        /// Around every single one: before it, so that its transaction is lost and done again, and after that, in turn
        /// before and after callers are told. Two crashes for each commit that lasts.
        case aroundEveryCommit
    }

    public var seed: UInt64
    public var orders: Int
    public var crashes: Crashes
    /// The full audits run after so many steps, and at the end.
    public var stepsPerAudit: Int
    /// Of every service.
    public var partitions: Int
    /// Each service runs in a process of its own and dies alone; otherwise all share one and die together.
    public var hasProcessPerService: Bool
    /// Orders come at most so far apart: the closer, the more of them meet in a batch.
    public var pauseMax: Duration

    public init(
        seed: UInt64, orders: Int, crashes: Crashes = .never, hasProcessPerService: Bool = false,
        pauseMax: Duration = .seconds(60), stepsPerAudit: Int = 500, partitions: Int = 1
    ) {
        precondition(orders > 0 && stepsPerAudit > 0, "\(orders) orders, audits after \(stepsPerAudit) steps")
        self.seed = seed
        self.orders = orders
        self.crashes = crashes
        self.hasProcessPerService = hasProcessPerService
        self.pauseMax = pauseMax
        self.stepsPerAudit = stepsPerAudit
        self.partitions = partitions
    }

    public var description: String {
        "seed \(seed), \(orders) orders, \(partitions) partitions in \(hasProcessPerService ? "three processes" : "one process"), "
            + "crashes: \(crashes)"
    }
}

/// A run that showed a flaw. Its text names the seed, so that the same run can be made again.
public struct SimulationFailure: Error, CustomStringConvertible {
    public let plan: SimulationPlan
    public let step: Int
    public let problems: [String]

    public var description: String {
        "\(plan); step \(step):\n" + problems.map { "  - \($0)" }.joined(separator: "\n")
    }
}
