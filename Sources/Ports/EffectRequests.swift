import Contracts
import Kernel

/// What is asked of the outside world. Indirect: it is passed on more often than it is looked into.
public indirect enum EffectRequest: Sendable, Equatable {
    /// Hold `amount` on the customer's payment method.
    case authorizePayment(orderID: OrderID, amount: Money, method: String)
    /// Take `amount` of what `authorization` (the provider's id) holds.
    case capturePayment(orderID: OrderID, authorization: String, amount: Money)
    /// Let go of what `authorization` still holds.
    case voidPayment(orderID: OrderID, authorization: String)
    /// Give back `amount` of what `authorization` captured.
    case refundPayment(orderID: OrderID, authorization: String, amount: Money)
    /// Book a label with `carrier`.
    case bookShipment(ShipmentBooking)
    /// Void the label that was booked, or may have been booked, under `bookingReference`.
    case voidShipment(shipmentID: ShipmentID, carrier: String, bookingReference: String)
    /// Write to the customer about a shipment's or an order's new status.
    case sendMail(orderID: OrderID, template: String, facts: [String: String])
    /// Deliver a webhook message to a customer's endpoint: `messageID` is the same over all tries.
    case deliverWebhook(endpointID: EndpointID, messageID: String, type: String, body: String)

    /// What shares a concurrency limit and a circuit breaker.
    public var destination: String {
        switch self {
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment: "payment"
        case .bookShipment(let booking): "carrier/\(booking.carrier)"
        case .voidShipment(_, let carrier, _): "carrier/\(carrier)"
        case .sendMail: "mail"
        case .deliverWebhook(let endpointID, _, _, _): "webhook/\(endpointID)"
        }
    }
}

/// Everything a carrier needs but the recipient, who is looked up when the call is made.
public struct ShipmentBooking: Sendable, Equatable {
    public let shipmentID: ShipmentID
    public let orderID: OrderID
    public let fulfillmentID: FulfillmentID
    public let warehouseID: WarehouseID
    /// The carrier's code, for example `swift`.
    public let carrier: String
    public let destination: Destination
    public let packages: [PackedPackage]
    public let value: Money

    public init(
        shipmentID: ShipmentID, orderID: OrderID, fulfillmentID: FulfillmentID, warehouseID: WarehouseID,
        carrier: String, destination: Destination, packages: [PackedPackage], value: Money
    ) {
        self.shipmentID = shipmentID
        self.orderID = orderID
        self.fulfillmentID = fulfillmentID
        self.warehouseID = warehouseID
        self.carrier = carrier
        self.destination = destination
        self.packages = packages
        self.value = value
    }
}

/// What a successful call told us.
public enum EffectResult: Sendable, Equatable {
    /// The provider's id of the authorization, capture or refund.
    case payment(id: String)
    /// The carrier's tracking number and price.
    case shipment(trackingNumber: String, price: Money)
    /// Nothing beyond success.
    case acknowledged
}
