import Contracts
import Kernel
import Ports

/// The events of one order, from the checkout to the door, with a short pick, a failed attempt and a return.
struct OrderStory {
    let id: OrderID
    let fulfillment: FulfillmentID
    let shipment: ShipmentID

    init(_ number: Int64) {
        id = OrderID(rawValue: number << 21)
        fulfillment = FulfillmentID(rawValue: number << 21 | 1)
        shipment = ShipmentID(rawValue: number << 21 | 2)
    }

    var facts: OrderFacts {
        OrderFacts(
            number: "W-\(id.rawValue >> 21)", customer: "c-17", total: Money(1999, .eur),
            lines: [
                OrderFacts.Line(sku: "MUG-RED", name: "Red Mug", quantity: 2),
                OrderFacts.Line(sku: nil, name: "Postage", quantity: 1),
            ], name: "Anna Müller", city: "Köln")
    }

    var erased: OrderFacts {
        OrderFacts(
            number: facts.number, customer: facts.customer, total: facts.total, lines: facts.lines, name: nil, city: nil
        )
    }

    private var lines: [LineDemand] { [LineDemand(line: 1, productID: ProductID(rawValue: 7), quantity: 2)] }
    private var units: [UnitRange] { [UnitRange(line: 1, first: 0, count: 2)] }
    private var now: Instant { Instant(milliseconds: 1_795_000_000_000) }

    var placed: [Event] {
        let place = GeoPoint(latitude: 50.9, longitude: 6.9).map { Destination(country: "DE", place: $0) }
        guard let place else { preconditionFailure("a place on earth") }
        return [.orders(.orderCreated(OrderCreated(orderID: id, lines: lines, destination: place)))]
    }

    var reserved: [Event] {
        let plan = FulfillmentPlan(fulfillmentID: fulfillment, warehouseID: WarehouseID(rawValue: 1), lines: lines)
        return [.warehouse(.stockReserved(StockReserved(orderID: id, request: 1, fulfillments: [plan])))]
    }

    var confirmed: [Event] {
        [
            .orders(.paymentAuthorized(PaymentAuthorized(orderID: id, amount: Money(1999, .eur)))),
            .orders(.orderConfirmed(OrderConfirmed(orderID: id))),
            .orders(.fulfillmentRequested(FulfillmentRequested(orderID: id, fulfillmentID: fulfillment))),
        ]
    }

    var shortPicked: [Event] {
        [
            .warehouse(
                .fulfillmentShort(
                    FulfillmentShort(
                        orderID: id, fulfillmentID: fulfillment, warehouseID: WarehouseID(rawValue: 1),
                        reason: "damaged", missing: lines, remaining: 1))),
            .warehouse(.fulfillmentPicked(FulfillmentPicked(orderID: id, fulfillmentID: fulfillment))),
            .warehouse(.fulfillmentPacked(FulfillmentPacked(orderID: id, fulfillmentID: fulfillment, packages: []))),
        ]
    }

    var shipped: [Event] {
        [
            .shipping(
                .shipmentBooked(
                    ShipmentBooked(
                        orderID: id, fulfillmentID: fulfillment, shipmentID: shipment, carrier: "DHL",
                        trackingNumber: "00340-\(id.rawValue >> 21)", price: Money(590, .eur)))),
            .warehouse(
                .fulfillmentHandedOver(
                    FulfillmentHandedOver(orderID: id, fulfillmentID: fulfillment, units: units, occurredAt: now))),
            .orders(
                .paymentCaptured(
                    PaymentCaptured(orderID: id, fulfillmentID: fulfillment, amount: Money(1999, .eur)))),
        ]
    }

    var delivered: [Event] {
        [
            .shipping(
                .shipmentInTransit(
                    ShipmentInTransit(
                        orderID: id, fulfillmentID: fulfillment, shipmentID: shipment, occurredAt: now))),
            .shipping(
                .deliveryAttemptFailed(
                    DeliveryAttemptFailed(
                        orderID: id, fulfillmentID: fulfillment, shipmentID: shipment, attempt: 1, reason: "absent",
                        occurredAt: now))),
            .shipping(
                .shipmentDelivered(
                    ShipmentDelivered(
                        orderID: id, fulfillmentID: fulfillment, shipmentID: shipment, occurredAt: now))),
            .orders(.orderJeopardyRaised(OrderJeopardyRaised(orderID: id, reason: "late"))),
            .orders(.orderCompleted(OrderCompleted(orderID: id))),
        ]
    }

    var recipientErased: [Event] { [.orders(.recipientErased(RecipientErased(orderID: id)))] }

    var all: [Event] { placed + reserved + confirmed + shortPicked + shipped + delivered }
}
