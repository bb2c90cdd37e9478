import Contracts
import Kernel

/// An order: what was placed, and how far it got. Its lines never change and are kept apart.
public struct Order: Sendable, Equatable {
    public let id: OrderID
    /// The API key under which it was placed.
    public let client: Int64
    /// The shop's own order number; unique per client.
    public let number: String?
    /// Who the customer is to the shop; no name, no address.
    public let customer: String
    public let currency: Currency
    public let destination: Destination
    public let paymentMethod: String
    public let holdID: HoldID?
    public let trackingToken: TrackingToken
    /// How many units are to be shipped; 0 for an order of charges alone.
    public let goodsCount: Int
    public let placedAt: Instant

    public var state: OrderState = .placed
    public var updatedAt: Instant
    public var payment: Payment
    public var cancellation = Cancellation()
    /// Why it was rejected or cancelled; empty otherwise.
    public var endReason = ""
    /// What could not be reserved, when that is why it was rejected.
    public var shortages: [LineShortage] = []
    public var isInJeopardy = false
    /// Units that will never be handed over.
    public var cancelledUnits: [UnitRange] = []
    /// In the order in which they were planned.
    public var fulfillments: [OrderFulfillment] = []
    /// What the customer sends back, oldest first.
    public var returns: [OrderReturn] = []
    /// The number of the latest reservation request; request 1 is the order itself.
    public var lastRequest = 1
    /// How often an incident was resolved: tells a repeated call to the outside from the former one.
    public var retries = 0
    /// Bits of ``CustomerStatus`` that the customer was told of.
    public var notified: Int64 = 0
    /// Whether there is an address to write to.
    public var hasEmail = false

    public init(
        id: OrderID, client: Int64, number: String?, customer: String, currency: Currency, destination: Destination,
        paymentMethod: String, holdID: HoldID?, trackingToken: TrackingToken, goodsCount: Int, placedAt: Instant,
        payment: Payment
    ) {
        self.id = id
        self.client = client
        self.number = number
        self.customer = customer
        self.currency = currency
        self.destination = destination
        self.paymentMethod = paymentMethod
        self.holdID = holdID
        self.trackingToken = trackingToken
        self.goodsCount = goodsCount
        self.placedAt = placedAt
        self.payment = payment
        updatedAt = placedAt
    }

    public var total: Money { Money(payment.due, currency) }
    public var hasGoods: Bool { goodsCount > 0 }

    /// Whether the pivot has passed for any part of it.
    public var isHandedOver: Bool { fulfillments.contains { $0.status == .handedOver } }

    public func money(_ amount: Int64) -> Money { Money(amount, currency) }

    public func fulfillmentIndex(_ id: FulfillmentID) -> Int? { fulfillments.firstIndex { $0.id == id } }
}
