import Contracts
import Kernel
import Ports

/// A log behind a channel that delivers some events twice, as a broker does when it did not hear that they arrived.
final class RepeatingEventLog: EventLog {
    private static let repeatedMax: Int64 = 30

    private let base: any EventLog
    private var random: SeededGenerator

    init(_ base: any EventLog, seed: UInt64) {
        self.base = base
        random = SeededGenerator(seed: seed)
    }

    func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
        let repeated = random.chance(0.3) ? Int64.random(in: 0...min(position, Self.repeatedMax), using: &random) : 0
        return try base.read(topic, partition: partition, after: position - repeated, limit: limit + Int(repeated))
    }

    func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 {
        try base.readByAll(topic, partition: partition)
    }
}
