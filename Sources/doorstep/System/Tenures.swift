import Contracts
import Kernel
import Ports
import Runtime
import Synchronization

/// Which partitions this process may call outside for.
final class Tenures: Sendable {
    private struct Place: Hashable {
        let topic: Topic
        let partition: Int
    }

    private let tenures = Mutex<[Place: Tenure]>([:])

    func begin(_ topic: Topic, _ partition: Int, _ tenure: Tenure) {
        tenures.withLock { $0[Place(topic: topic, partition: partition)] = tenure }
    }

    func end(_ topic: Topic, _ partition: Int) {
        tenures.withLock { $0[Place(topic: topic, partition: partition)] = nil }
    }

    func hold(_ effect: Effect, at now: Instant) -> Bool {
        let place = Place(topic: OutcomeRouter.owner(of: effect.key.kind), partition: effect.partition)
        return tenures.withLock { $0[place] }?.holds(at: now) ?? false
    }
}
