import Contracts
import Kernel
import Ports

/// What one service does with a batch of inputs: load what they name, decide, save, all in the transaction that it is
/// called in.
///
/// A logic is confined to its worker's thread. It has no clock and no randomness: time comes with the batch. What it
/// keeps between batches is only what it could read again, since a batch may be rolled back and run once more.
public protocol ServiceLogic: AnyObject, SendableMetatype {
    /// What callers ask of this service.
    associatedtype Command: Sendable
    /// What a command that was accepted answers.
    associatedtype Reply: Sendable

    /// What the service is called: in reports, and in the database as whose migrations these are.
    var name: String { get }
    /// The service's own topic; `nil` for one that only listens, which publishes nothing.
    var topic: Topic? { get }
    /// The topics it reacts to, which never include its own.
    var subscriptions: [Topic] { get }
    /// The service's tables, in order of their release.
    var migrations: [Migration] { get }

    /// To which partition commands go.
    static var routing: CommandRouting<Command, Reply> { get }

    /// What a command is about, so that a parked key's commands wait behind it; `nil` when nothing yet exists.
    func key(of command: Command) -> Int64?

    /// Handles all inputs in order.
    ///
    /// Business rejections are answered through the outbox. A thrown fault rolls the whole batch back: a retryable one
    /// is tried again, any other is searched for input by input and its key parked.
    func process(
        _ inputs: [Input<Command>], now: Instant, in database: any DatabaseConnection, outbox: inout Outbox<Reply>
    ) throws(Fault)

    /// What `process` did last is durable: the next batch may go on from what was kept in memory of it. Called before
    /// anybody is told; not called for a batch that was rolled back, or of which it is not known.
    func committed()

    /// When the first of the service's own rows is past its time; `nil` when none ever will be.
    func nextRemoval(_ database: any DatabaseConnection) throws(Fault) -> Instant?

    /// Removes at most `limit` of them.
    func remove(due now: Instant, limit: Int, in database: any DatabaseConnection) throws(Fault)
}

/// A logic that is called like its topic, keeps nothing in memory and everything for ever, and whose commands go to the
/// first partition.
extension ServiceLogic {
    public var name: String {
        guard let topic else { preconditionFailure("a service without a topic has a name of its own") }
        return topic.rawValue
    }

    public static var routing: CommandRouting<Command, Reply> { CommandRouting { _ in .first } }
    public func committed() {}
    public func nextRemoval(_ database: any DatabaseConnection) throws(Fault) -> Instant? { nil }
    public func remove(due now: Instant, limit: Int, in database: any DatabaseConnection) throws(Fault) {}
}

/// Something that a worker reacts to.
public enum Input<Command: Sendable>: Sendable {
    case event(Envelope)
    /// A request; `slot` is where its answer goes.
    case command(Command, slot: Int)
    case timer(TimerKey)
    /// An effect ended for good: done or refused. Failed and unknown outcomes are the runtime's business.
    case outcome(Effect, EffectOutcome)
    /// The withdrawal that the logic asked for, now or by ``Effect/yieldsWhenDown``, succeeded: the call certainly
    /// never took place and never will.
    case withdrawn(Effect)
}

/// What a timer is about. Setting a timer whose key exists moves it.
public struct TimerKey: Hashable, Sendable, Comparable {
    /// The service's own numbering of what its timers are for.
    public let kind: Int64
    /// Raw value of an id.
    public let subject: Int64

    public init(kind: Int64, subject: Int64) {
        self.kind = kind
        self.subject = subject
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.kind, left.subject) < (right.kind, right.subject)
    }
}

/// What a batch decided, beside the rows it saved: collected in order, made durable by the worker in the same commit.
public struct Outbox<Reply: Sendable>: Sendable {
    public private(set) var events: [Event] = []
    public private(set) var effects: [Effect] = []
    public private(set) var withdrawals: [EffectKey] = []
    public private(set) var timers: [TimerChange] = []
    public private(set) var answers: [Int: Result<Reply, AnyRejection>] = [:]

    /// What becomes of a timer.
    public enum TimerChange: Sendable, Equatable {
        case set(TimerKey, dueAt: Instant)
        case cancel(TimerKey)
    }

    public init() {}

    /// Appends a fact to the service's own topic.
    public mutating func publish(_ event: Event) { events.append(event) }

    /// Decides a call to the outside. Its key must be new: deciding the same effect twice is a bug.
    public mutating func perform(_ effect: Effect) { effects.append(effect) }

    /// Asks to give an effect up. It ends with `Input.withdrawn` once a try has certainly failed, or with its outcome
    /// if a try succeeds or is refused first; while a try may have succeeded, it is looked up as before.
    public mutating func withdraw(_ key: EffectKey) { withdrawals.append(key) }

    /// Sets a timer, or moves it.
    public mutating func setTimer(_ key: TimerKey, dueAt: Instant) { timers.append(.set(key, dueAt: dueAt)) }

    /// Cancels a timer; one that is not set stays so.
    public mutating func cancelTimer(_ key: TimerKey) { timers.append(.cancel(key)) }

    /// Answers a command, once.
    public mutating func reply(_ slot: Int, _ reply: Reply) {
        precondition(answers[slot] == nil, "slot \(slot) was answered twice")
        answers[slot] = .success(reply)
    }

    /// Answers a command that changed nothing.
    public mutating func reject(_ slot: Int, _ rejection: any Rejection) {
        precondition(answers[slot] == nil, "slot \(slot) was answered twice")
        answers[slot] = .failure(AnyRejection(rejection))
    }
}

/// A rejection of any context.
public struct AnyRejection: Error, Sendable {
    public let rejection: any Rejection

    public init(_ rejection: any Rejection) { self.rejection = rejection }
}

/// A numbered step of a service's tables. Never edited after its release.
public struct Migration: Sendable {
    /// From 1, dense.
    public let number: Int
    public let name: String
    public let sql: String
    /// Whether programs that do not know this migration may go on using the database: it adds tables, indexes or
    /// columns that may stay empty, and takes nothing away.
    public let isCompatible: Bool
    /// Of the text; stored when it is applied, so that an edit is noticed.
    let fingerprint: Int64

    public init(_ number: Int, _ name: String, _ sql: String, isCompatible: Bool = false) {
        self.number = number
        self.name = name
        self.sql = sql
        self.isCompatible = isCompatible
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        fingerprint = Int64(bitPattern: hash)
    }
}
