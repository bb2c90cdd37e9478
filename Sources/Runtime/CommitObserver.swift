import Contracts
import Kernel

/// What a commit made true, for whoever waits for it in the same process.
public struct CommitRecord: Sendable {
    /// ``ServiceLogic/name``.
    public let service: String
    /// `nil` for a service that only listens.
    public let topic: Topic?
    /// What was appended to the service's topic; nothing by a service without one.
    public let appended: [Envelope]
    /// What the service has now reacted to.
    public let consumed: [Envelope]
}

/// Told after every commit, on the worker's thread: must be quick and must not throw.
public protocol CommitObserver: AnyObject, Sendable {
    func committed(_ record: CommitRecord)
}
