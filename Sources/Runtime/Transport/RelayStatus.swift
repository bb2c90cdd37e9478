import Contracts
import Kernel
import Synchronization

/// How far the relays of this process have come, for metrics.
public final class RelayStatus: Sendable {
    /// One topic's relay.
    public struct State: Sendable, Equatable {
        /// The last position that the broker acknowledged, by partition; empty while that is not known.
        public var published: [Int: Int64] = [:]
        /// What keeps it from publishing; `nil` while all is well.
        public var fault: Fault?
        /// How often publishing failed, since the start.
        public var failures = 0
    }

    private let states = Mutex<[Topic: State]>([:])

    public init() {}

    /// By topic; none where there is no relay.
    public var all: [Topic: State] { states.withLock { $0 } }

    func report(_ topic: Topic, _ published: [Int: Int64]) {
        states.withLock { states in
            states[topic, default: State()].published = published
            states[topic]?.fault = nil
        }
    }

    func report(_ topic: Topic, _ fault: Fault) {
        states.withLock { states in
            states[topic, default: State()].fault = fault
            states[topic]?.failures += 1
        }
    }
}
