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
        /// Once, right before this commit (counted from 1 over all services).
        case beforeCommit(Int)
        /// Once, right after this commit and before anybody is told.
        case afterCommit(Int)
        /// Once, when the callers of this commit were told.
        case afterTelling(Int)
    }

    public var seed: UInt64
    public var orders: Int
    public var crashes: Crashes
    /// The full audits run after so many steps, and at the end.
    public var stepsPerAudit: Int
    /// Of every service.
    public var partitions: Int

    public init(
        seed: UInt64, orders: Int, crashes: Crashes = .never, stepsPerAudit: Int = 500, partitions: Int = 1
    ) {
        precondition(orders > 0 && stepsPerAudit > 0, "\(orders) orders, audits after \(stepsPerAudit) steps")
        self.seed = seed
        self.orders = orders
        self.crashes = crashes
        self.stepsPerAudit = stepsPerAudit
        self.partitions = partitions
    }

    public var description: String { "seed \(seed), \(orders) orders, \(partitions) partitions, crashes: \(crashes)" }
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
