import CLibPQ
import Foundation
import Kernel
import Ports
import Synchronization

/// Hears of the commits of all processes on a database, on a thread and a connection of its own (LISTEN).
final class PostgresListener: CommitListener {
    private let isStopping = Atomic(false)

    /// The channel of a schema's announcements.
    static func channel(_ schema: String) -> String { "doorstep_\(schema)" }

    /// - Parameter onAnnouncement: called on the listener's thread with the text of each announcement, and with `nil`
    ///   after a loss of the connection, when some may have been missed.
    init(_ database: PostgresDatabase, _ onAnnouncement: @escaping @Sendable (String?) -> Void) {
        let thread = Thread { [self] in
            while !isStopping.load(ordering: .acquiring) { listen(database, onAnnouncement) }
        }
        thread.name = "\(database.schema)-listen"
        thread.stackSize = 1 << 20
        thread.start()
    }

    func stop() { isStopping.store(true, ordering: .releasing) }

    /// Until the connection is lost, or there was none for a moment.
    private func listen(_ database: PostgresDatabase, _ onAnnouncement: (String?) -> Void) {
        let link: PostgresLink
        do throws(Fault) {
            link = try PostgresLink.open(
                database.options, setup: "LISTEN \"\(Self.channel(database.schema))\"")
        } catch {
            PostgresLink.waitForNothing(milliseconds: 500)
            return
        }
        onAnnouncement(nil)
        while !isStopping.load(ordering: .acquiring), link.waitForInput(milliseconds: 500) {
            while let text = link.nextAnnouncement() { onAnnouncement(text) }
        }
    }
}

extension PostgresDatabase: CommitAnnouncing {
    public func listen(_ onAnnouncement: @escaping @Sendable (String?) -> Void) -> any CommitListener {
        PostgresListener(self, onAnnouncement)
    }
}
