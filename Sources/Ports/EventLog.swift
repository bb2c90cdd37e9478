import Contracts
import Kernel

/// Where events are read from: a service's own log table, a feed over HTTP, or a broker.
public protocol EventLog: AnyObject {
    /// Events after a position, in order and without gaps.
    ///
    /// - Parameters:
    ///   - position: the last position seen, 0 for none.
    ///   - limit: 1 or more.
    /// - Returns: at most `limit` events after `position`; empty when there is nothing yet. Events up to `position` may
    ///   come again before them: the worker drops these.
    /// - Throws: retryable faults when the log cannot be reached; `log_gap` when positions are missing.
    func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope]

    /// The position up to which every reader of a topic has come: what is after it must not be removed yet.
    ///
    /// - Throws: retryable faults when a reader cannot be asked.
    func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64
}
