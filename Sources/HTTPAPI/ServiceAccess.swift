import Contracts
import Runtime

/// How the API reaches one service: commands through its mailbox, questions over its read connections.
public struct ServiceAccess<Command: Sendable, Answered: Sendable>: Sendable {
    public let mailbox: ServiceMailbox<Command, Answered>
    /// Where another process runs the service, each read throws `service_elsewhere`.
    public let reads: ReadPool
    /// Whether this process runs the service.
    public let isHere: Bool

    public init(mailbox: ServiceMailbox<Command, Answered>, reads: ReadPool, isHere: Bool = true) {
        self.mailbox = mailbox
        self.reads = reads
        self.isHere = isHere
    }

    /// The only worker of a service that is not divided.
    public init(mailbox: Mailbox<Command, Answered>, topic: Topic = .orders, reads: ReadPool) {
        self.init(mailbox: ServiceMailbox(mailbox, topic: topic), reads: reads)
    }
}
