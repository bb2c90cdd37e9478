import Contracts
import Kernel
import Synchronization

/// Where the power fails: shared by the databases of all services.
final class CrashSwitch: Sendable {
    enum Moment: String, CaseIterable {
        /// The transaction is lost.
        case before
        /// The commit lasts, and nobody is told: no caller, no gateway, no other service.
        case after
        /// The commit lasts and callers have their answers; calls that it decided are not made.
        case afterTelling
    }

    private struct State {
        var random: SeededGenerator
        var isArmed = false
        var isDying = false
        var lasting = 0
        var crashes: [Moment: Int] = [:]
        /// By service, for crashes around every commit.
        var turns: [Topic: Int] = [:]
    }

    static let code = "simulated_crash"

    private let plan: SimulationPlan.Crashes
    private let state: Mutex<State>

    init(_ plan: SimulationPlan.Crashes, seed: UInt64) {
        self.plan = plan
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    /// Transactions that lasted.
    var commits: Int { state.withLock { $0.lasting } }
    var crashes: [Moment: Int] { state.withLock { $0.crashes } }

    /// Only commits of steps are counted and can fail, not those of building a worker.
    func arm(_ isArmed: Bool) { state.withLock { $0.isArmed = isArmed } }

    /// Whether the process dies now that its callers were told.
    func takeDeath() -> Bool {
        state.withLock { state in
            defer { state.isDying = false }
            return state.isDying
        }
    }

    func nextCommit(of topic: Topic) -> Moment? {
        state.withLock { state in
            guard state.isArmed else { return nil }
            let moment = plan.moment(turn: state.turns[topic, default: 0], &state.random)
            state.turns[topic, default: 0] += 1
            if moment != .before { state.lasting += 1 }
            if let moment { state.crashes[moment, default: 0] += 1 }
            state.isDying = moment == .afterTelling
            return moment
        }
    }
}

extension SimulationPlan.Crashes {
    /// - Parameter turn: of committing, of this service, from 0.
    fileprivate func moment(turn: Int, _ random: inout SeededGenerator) -> CrashSwitch.Moment? {
        switch self {
        case .never: return nil
        case .atCommits(let probability):
            return random.chance(probability) ? CrashSwitch.Moment.allCases.randomElement(using: &random) : nil
        case .aroundEveryCommit: return turn.isMultiple(of: 2) ? .before : turn % 4 == 1 ? .after : .afterTelling
        }
    }
}
