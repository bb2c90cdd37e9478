import Contracts
import Kernel
import Ports

/// Wakes this process's workers when another process has committed something for them, where the store tells of it.
///
/// An announcement is the partition's number and the owner that committed: a process's own commits have woken its
/// workers already.
struct AnnouncedCommits: Sendable {
    private let listeners: [any CommitListener]

    /// - Parameter tell: told of the topic as well, for those who wait for its feed.
    init(
        _ topics: [Topic], of folder: DataFolder, owner: String, _ wakeups: Wakeups,
        tell: @escaping @Sendable (Topic) -> Void
    ) {
        listeners = topics.compactMap { topic in
            guard let announcing = folder.database(topic) as? any CommitAnnouncing else { return nil }
            return announcing.listen { text in
                guard let text else {
                    tell(topic)
                    return wakeups.announced(topic, partition: nil)
                }
                let parts = text.split(separator: " ", maxSplits: 1)
                guard parts.last.map(String.init) != owner else { return }
                tell(topic)
                wakeups.announced(topic, partition: parts.first.flatMap { Int($0) })
            }
        }
    }

    func stop() {
        for listener in listeners { listener.stop() }
    }
}
