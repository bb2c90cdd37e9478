import Contracts
import Kernel
import Ports

/// The database of a service that other processes run: not ours to read.
struct ElsewhereDatabase: Database {
    let topic: Topic

    /// - Throws: `service_elsewhere`, always.
    func connect(_ access: DatabaseAccess) throws(Fault) -> any DatabaseConnection {
        throw Fault("service_elsewhere", retryable: true, topic.rawValue)
    }
}
