/// A database whose commits other processes can hear of.
public protocol CommitAnnouncing: Database {
    /// Begins to listen, on a thread of its own, and goes on over losses of the connection.
    ///
    /// - Parameter onAnnouncement: called on that thread with each announcement's text, and with `nil` when some may
    ///   have been missed.
    func listen(_ onAnnouncement: @escaping @Sendable (String?) -> Void) -> any CommitListener
}

/// Somebody who listens until told to stop.
public protocol CommitListener: AnyObject, Sendable {
    /// Ends the listening within a second.
    func stop()
}
