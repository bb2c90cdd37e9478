import Kernel

/// Everything the topic `orders` can say: the context on one page.
public enum OrdersEvent: Sendable, Equatable {
    /// A product was added to the catalog, or its facts changed.
    case productRegistered(ProductRegistered)
    /// An order was placed and is durable; Warehouse reserves for it, Shipping prepares rates.
    case orderCreated(OrderCreated)
    /// Stock is reserved and payment authorized: the shop may promise the order.
    case orderConfirmed(OrderConfirmed)
    /// The order ends before confirmation; nothing is held and nothing charged.
    case orderRejected(OrderRejected)
    /// Somebody wants the order, or the listed units of it, cancelled. Warehouse decides, since it knows what was handed over.
    case orderCancellationRequested(OrderCancellationRequested)
    /// The order ends without anything handed over.
    case orderCancelled(OrderCancelled)
    /// Every unit of the order was delivered, returned, lost or cancelled, and all money is settled.
    case orderCompleted(OrderCompleted)
    /// The order is later than promised.
    case orderJeopardyRaised(OrderJeopardyRaised)
    /// Some units of an order will not be shipped.
    case unitsCancelled(UnitsCancelled)
    /// Who an order goes to was erased: whoever keeps a copy forgets it too.
    case recipientErased(RecipientErased)
    /// The provider holds the amount for us.
    case paymentAuthorized(PaymentAuthorized)
    /// The provider refused to authorize.
    case paymentDeclined(PaymentDeclined)
    /// Money was taken for what was handed over; without a fulfillment, for charges alone.
    case paymentCaptured(PaymentCaptured)
    /// What was authorized and not captured was let go.
    case paymentVoided(PaymentVoided)
    /// Captured money was given back.
    case paymentRefunded(PaymentRefunded)
    /// A customer wants to send delivered units back.
    case returnRequested(ReturnRequested)
    /// The customer may send the units; the named warehouse expects them.
    case returnApproved(ReturnApproved)
    /// The units stay with the customer, who may ask again.
    case returnDeclined(ReturnDeclined)
    /// The units are dealt with and what is owed for them was given back.
    case returnClosed(ReturnClosed)
    /// Reserve again: what a short pick left over. Request 1 is `OrderCreated` itself.
    case stockReservationRequested(StockReservationRequested)
    /// Let go of everything reserved for the order that was not handed over.
    case stockReleaseRequested(StockReleaseRequested)
    /// Pick, pack and hand over this fulfillment order.
    case fulfillmentRequested(FulfillmentRequested)
    /// Stop this fulfillment order and put back what was picked.
    case fulfillmentCancellationRequested(FulfillmentCancellationRequested)
    /// Book a carrier for this fulfillment order's parcels.
    case shipmentRequested(ShipmentRequested)
    /// Void the shipment of this fulfillment order, booked or being booked.
    case shipmentCancellationRequested(ShipmentCancellationRequested)

    public var payload: any EventPayload {
        switch self {
        case .productRegistered(let payload): payload
        case .orderCreated(let payload): payload
        case .orderConfirmed(let payload): payload
        case .orderRejected(let payload): payload
        case .orderCancellationRequested(let payload): payload
        case .orderCancelled(let payload): payload
        case .orderCompleted(let payload): payload
        case .orderJeopardyRaised(let payload): payload
        case .unitsCancelled(let payload): payload
        case .recipientErased(let payload): payload
        case .paymentAuthorized(let payload): payload
        case .paymentDeclined(let payload): payload
        case .paymentCaptured(let payload): payload
        case .paymentVoided(let payload): payload
        case .paymentRefunded(let payload): payload
        case .returnRequested(let payload): payload
        case .returnApproved(let payload): payload
        case .returnDeclined(let payload): payload
        case .returnClosed(let payload): payload
        case .stockReservationRequested(let payload): payload
        case .stockReleaseRequested(let payload): payload
        case .fulfillmentRequested(let payload): payload
        case .fulfillmentCancellationRequested(let payload): payload
        case .shipmentRequested(let payload): payload
        case .shipmentCancellationRequested(let payload): payload
        }
    }

    /// See ``Event/key``.
    public var key: Int64 {
        switch self {
        case .productRegistered(let payload): payload.productID.rawValue
        case .orderCreated(let payload): payload.orderID.rawValue
        case .orderConfirmed(let payload): payload.orderID.rawValue
        case .orderRejected(let payload): payload.orderID.rawValue
        case .orderCancellationRequested(let payload): payload.orderID.rawValue
        case .orderCancelled(let payload): payload.orderID.rawValue
        case .orderCompleted(let payload): payload.orderID.rawValue
        case .orderJeopardyRaised(let payload): payload.orderID.rawValue
        case .unitsCancelled(let payload): payload.orderID.rawValue
        case .recipientErased(let payload): payload.orderID.rawValue
        case .paymentAuthorized(let payload): payload.orderID.rawValue
        case .paymentDeclined(let payload): payload.orderID.rawValue
        case .paymentCaptured(let payload): payload.orderID.rawValue
        case .paymentVoided(let payload): payload.orderID.rawValue
        case .paymentRefunded(let payload): payload.orderID.rawValue
        case .returnRequested(let payload): payload.orderID.rawValue
        case .returnApproved(let payload): payload.orderID.rawValue
        case .returnDeclined(let payload): payload.orderID.rawValue
        case .returnClosed(let payload): payload.orderID.rawValue
        case .stockReservationRequested(let payload): payload.orderID.rawValue
        case .stockReleaseRequested(let payload): payload.orderID.rawValue
        case .fulfillmentRequested(let payload): payload.orderID.rawValue
        case .fulfillmentCancellationRequested(let payload): payload.orderID.rawValue
        case .shipmentRequested(let payload): payload.orderID.rawValue
        case .shipmentCancellationRequested(let payload): payload.orderID.rawValue
        }
    }

    init(type: String, json: JSONValue) throws(Fault) {
        switch type {
        case ProductRegistered.type: self = .productRegistered(try ProductRegistered(json))
        case OrderCreated.type: self = .orderCreated(try OrderCreated(json))
        case OrderConfirmed.type: self = .orderConfirmed(try OrderConfirmed(json))
        case OrderRejected.type: self = .orderRejected(try OrderRejected(json))
        case OrderCancellationRequested.type: self = .orderCancellationRequested(try OrderCancellationRequested(json))
        case OrderCancelled.type: self = .orderCancelled(try OrderCancelled(json))
        case OrderCompleted.type: self = .orderCompleted(try OrderCompleted(json))
        case OrderJeopardyRaised.type: self = .orderJeopardyRaised(try OrderJeopardyRaised(json))
        case UnitsCancelled.type: self = .unitsCancelled(try UnitsCancelled(json))
        case RecipientErased.type: self = .recipientErased(try RecipientErased(json))
        case PaymentAuthorized.type: self = .paymentAuthorized(try PaymentAuthorized(json))
        case PaymentDeclined.type: self = .paymentDeclined(try PaymentDeclined(json))
        case PaymentCaptured.type: self = .paymentCaptured(try PaymentCaptured(json))
        case PaymentVoided.type: self = .paymentVoided(try PaymentVoided(json))
        case PaymentRefunded.type: self = .paymentRefunded(try PaymentRefunded(json))
        case ReturnRequested.type: self = .returnRequested(try ReturnRequested(json))
        case ReturnApproved.type: self = .returnApproved(try ReturnApproved(json))
        case ReturnDeclined.type: self = .returnDeclined(try ReturnDeclined(json))
        case ReturnClosed.type: self = .returnClosed(try ReturnClosed(json))
        case StockReservationRequested.type: self = .stockReservationRequested(try StockReservationRequested(json))
        case StockReleaseRequested.type: self = .stockReleaseRequested(try StockReleaseRequested(json))
        case FulfillmentRequested.type: self = .fulfillmentRequested(try FulfillmentRequested(json))
        case FulfillmentCancellationRequested.type:
            self = .fulfillmentCancellationRequested(try FulfillmentCancellationRequested(json))
        case ShipmentRequested.type: self = .shipmentRequested(try ShipmentRequested(json))
        case ShipmentCancellationRequested.type:
            self = .shipmentCancellationRequested(try ShipmentCancellationRequested(json))
        default: throw Event.unknown(type, in: .orders)
        }
    }

    /// The names of all types, in the order of this page.
    public static let types: [String] = [
        ProductRegistered.type,
        OrderCreated.type,
        OrderConfirmed.type,
        OrderRejected.type,
        OrderCancellationRequested.type,
        OrderCancelled.type,
        OrderCompleted.type,
        OrderJeopardyRaised.type,
        UnitsCancelled.type,
        RecipientErased.type,
        PaymentAuthorized.type,
        PaymentDeclined.type,
        PaymentCaptured.type,
        PaymentVoided.type,
        PaymentRefunded.type,
        ReturnRequested.type,
        ReturnApproved.type,
        ReturnDeclined.type,
        ReturnClosed.type,
        StockReservationRequested.type,
        StockReleaseRequested.type,
        FulfillmentRequested.type,
        FulfillmentCancellationRequested.type,
        ShipmentRequested.type,
        ShipmentCancellationRequested.type,
    ]
}
