import Contracts
import Kernel

/// What a commit made true, for whoever waits for it in the same process.
public struct CommitRecord: Sendable {
    public let topic: Topic
    /// What was appended to the service's topic.
    public let appended: [Envelope]
    /// What the service has now reacted to.
    public let consumed: [Envelope]
}

/// Told after every commit, on the worker's thread: must be quick and must not throw.
public protocol CommitObserver: AnyObject, Sendable {
    func committed(_ record: CommitRecord)
}
