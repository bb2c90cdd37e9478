import Contracts
import Runtime

/// Why a request cannot be answered by this process alone.
public enum Rerouting: Sendable, Equatable {
    /// Another process runs the service, or owns the partition; any of the service's will do when none is named.
    case elsewhere(Topic, partition: Int?)
    /// A batch about several partitions, of which some are elsewhere; the partition of each element.
    case split(Topic, [Int])
}

extension Problem {
    /// - Parameter rerouting: who can answer; callers see it only when that process cannot be reached.
    init(_ rerouting: Rerouting) {
        self.init(
            .unavailable, "No process that can do this is reached right now; nothing was changed.", retryAfter: 2)
        self.rerouting = rerouting
    }
}

extension ServiceMailbox {
    /// - Throws: a problem with a ``Rerouting`` when another process has to handle the command.
    func checkIsHere(_ command: Command, _ call: Call) throws(Problem) {
        switch whereabouts(of: command, call.idempotency) {
        case .here: return
        case .elsewhere(let partition): throw Problem(.elsewhere(topic, partition: partition))
        case .split(let partitions): throw Problem(.split(topic, partitions))
        }
    }
}
