import Runtime

/// How the API reaches one service: commands through its mailbox, questions over its read connections.
public struct ServiceAccess<Command: Sendable, Answered: Sendable>: Sendable {
    public let mailbox: Mailbox<Command, Answered>
    public let reads: ReadPool

    public init(mailbox: Mailbox<Command, Answered>, reads: ReadPool) {
        self.mailbox = mailbox
        self.reads = reads
    }
}
