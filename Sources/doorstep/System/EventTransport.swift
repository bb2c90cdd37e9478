import Contracts
import Ports
import Runtime

/// How events reach the services that read them.
enum EventTransport: Sendable, Equatable {
    /// Straight from the producers' logs: the newest from memory, older ones from their tables.
    case logs

    /// The log that one worker reads from, on its own thread.
    func log(databases: [Topic: any Database], recent: RecentEvents) -> any EventLog {
        switch self {
        case .logs: LocalEventLog(databases: databases, recent: recent)
        }
    }
}
