import Kernel

/// A call to the outside world that was decided and is durable: it is made once, whatever crashes.
public struct Effect: Sendable, Equatable {
    public let key: EffectKey
    /// The order (or other entity) whose processing waits for the outcome.
    public let entity: Int64
    public let request: EffectRequest
    /// How often it was tried so far.
    public var attempts: Int
    public var dueAt: Instant
    /// A former call may have succeeded without our knowing: look up by reference before calling again.
    public var isUncertain: Bool
    /// Whoever decided it has another way: while its destination is known to be down it is taken back at once, if no
    /// call of it was made that may have happened. Not kept over a restart, after which every call may have been made.
    public let yieldsWhenDown: Bool
    /// Whose owner decided it, and alone may have it called; set by the runtime.
    public var partition: Int

    public init(
        key: EffectKey, entity: Int64, request: EffectRequest, attempts: Int = 0, dueAt: Instant,
        isUncertain: Bool = false, yieldsWhenDown: Bool = false, partition: Int = 0
    ) {
        self.key = key
        self.entity = entity
        self.request = request
        self.attempts = attempts
        self.dueAt = dueAt
        self.isUncertain = isUncertain
        self.yieldsWhenDown = yieldsWhenDown
        self.partition = partition
    }
}

/// What makes an effect the same effect: its kind, what it is about, and which time.
public struct EffectKey: Hashable, Sendable {
    public let kind: EffectKind
    /// Raw value of an order's, fulfillment's, shipment's or endpoint's id, as the kind has it.
    public let subject: Int64
    /// Tells repeated effects of one kind on one subject apart.
    public let sequence: Int64

    public init(_ kind: EffectKind, _ subject: Int64, _ sequence: Int64 = 0) {
        self.kind = kind
        self.subject = subject
        self.sequence = sequence
    }

    /// Our reference at the outside party, which is its idempotency key and what it is looked up by.
    public var reference: String {
        "\(kind.name)-\(EntityID<OrderKind>(rawValue: subject).text.dropFirst(4))-\(sequence)"
    }
}

/// What is asked of the outside; the raw value is what the effect's row keeps.
public enum EffectKind: Int64, Sendable, CaseIterable {
    case authorizePayment = 1
    case capturePayment = 2
    case voidPayment = 3
    case refundPayment = 4
    case bookShipment = 5
    case voidShipment = 6
    case sendMail = 7
    case deliverWebhook = 8

    public var name: String {
        switch self {
        case .authorizePayment: "authorize"
        case .capturePayment: "capture"
        case .voidPayment: "void"
        case .refundPayment: "refund"
        case .bookShipment: "book"
        case .voidShipment: "unbook"
        case .sendMail: "mail"
        case .deliverWebhook: "webhook"
        }
    }
}

/// How a call ended.
public enum EffectOutcome: Sendable, Equatable {
    /// It happened. The result is what the decision needs to know of it.
    case done(EffectResult)
    /// The other party understood and said no; trying again would not help.
    case refused(code: String, detail: String)
    /// It did not happen; try again at the given time.
    case failed(reason: String, retryAt: Instant)
    /// It was not called, since its destination is known to be down; try again at the given time.
    case withheld(reason: String, retryAt: Instant)
    /// It may have happened: look up by reference at the given time before anything else.
    case unknown(reason: String, lookUpAt: Instant)
}

/// Takes effects after the commit that decided them and brings each outcome back to the worker.
///
/// Implementations bound concurrency per destination; `submit` never blocks on a call.
public protocol EffectSink: AnyObject, Sendable {
    func submit(_ effects: [Effect])
}
