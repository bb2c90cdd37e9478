import Kernel

/// What a simulated run does; everything else follows from the seed.
public struct SimulationPlan: Sendable, CustomStringConvertible {
    /// When the power fails.
    public enum Crashes: Sendable, Equatable {
        case never
        /// At every commit: half of them right before it, half right after it and before anybody is told.
        case atCommits(probability: Double)
        /// Right after every single one, before anybody is told.
        case afterEveryCommit
        /// Once, right after this commit (counted from 1 over all services) and before anybody is told.
        case afterCommit(Int)
        /// Once, right before this commit.
        case beforeCommit(Int)
    }

    public var seed: UInt64
    public var orders: Int
    public var crashes: Crashes
    /// The full audits run after so many steps, and at the end.
    public var stepsPerAudit: Int

    public init(seed: UInt64, orders: Int, crashes: Crashes = .never, stepsPerAudit: Int = 500) {
        precondition(orders > 0 && stepsPerAudit > 0, "\(orders) orders, audits after \(stepsPerAudit) steps")
        self.seed = seed
        self.orders = orders
        self.crashes = crashes
        self.stepsPerAudit = stepsPerAudit
    }

    public var description: String { "seed \(seed), \(orders) orders, crashes: \(crashes)" }
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
