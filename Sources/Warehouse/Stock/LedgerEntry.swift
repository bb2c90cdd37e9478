import Kernel

/// One movement of one product in one warehouse.
public struct LedgerEntry: Sendable, Equatable {
    public let key: StockKey
    /// Dense within the product and warehouse, from 1.
    public let number: Int
    public let kind: LedgerKind
    public let counter: StockCounter
    /// In units; negative only for `adjust`.
    public let quantity: Int
    public let document: LedgerDocument
    /// Who did it; `nil` for the system itself.
    public let actor: String?
    /// The number of the entry, of the same product and warehouse, that this one takes back in whole or in part.
    public let reverses: Int?
    public let occurredAt: Instant

    public init(
        key: StockKey, number: Int, kind: LedgerKind, counter: StockCounter, quantity: Int, document: LedgerDocument,
        actor: String?, reverses: Int?, occurredAt: Instant
    ) {
        self.key = key
        self.number = number
        self.kind = kind
        self.counter = counter
        self.quantity = quantity
        self.document = document
        self.actor = actor
        self.reverses = reverses
        self.occurredAt = occurredAt
    }
}

/// What a movement is recorded for.
public enum LedgerDocument: Sendable, Equatable {
    case fulfillment(FulfillmentID)
    case hold(HoldID)
    /// A delivery note, a count sheet, a transfer order: somebody else's name for it.
    case reference(String)
}
