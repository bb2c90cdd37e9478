import Contracts
import Kernel

/// One event of every type, without the members that may be missing.
enum EventSamples {
    static let order = OrderID(rawValue: 1001)
    static let product = ProductID(rawValue: 2002)
    static let warehouse = WarehouseID(rawValue: 3003)
    static let fulfillment = FulfillmentID(rawValue: 4004)
    static let shipment = ShipmentID(rawValue: 5005)
    static let customerReturn = ReturnID(rawValue: 7007)
    static let price = Money(1999, .eur)
    static let time = Instant(milliseconds: 1_800_000_000_123)
    static let units = [UnitRange(line: 1, first: 2, count: 3), UnitRange(line: 2, first: 0, count: 1)]
    static let lines = [
        LineDemand(line: 1, productID: product, first: 2, quantity: 3),
        LineDemand(line: 2, productID: ProductID(rawValue: 2003), quantity: 1),
    ]
    static let packages = [
        PackedPackage(packageID: PackageID(rawValue: 6006), sscc: "376104250021234569", weightGrams: 1250)
    ]

    static func destination() throws(Fault) -> Destination {
        try Destination(
            .object([
                JSONMember("country", .string("DE")),
                JSONMember("place", .object([JSONMember("lat", .decimal(52.5)), JSONMember("lng", .decimal(13.4))])),
            ]))
    }

    static func all() throws(Fault) -> [Event] {
        try orders().map(Event.orders) + warehouseEvents().map(Event.warehouse) + shipping().map(Event.shipping)
    }

    static func orders() throws(Fault) -> [OrdersEvent] {
        let destination = try destination()
        return [
            .productRegistered(ProductRegistered(productID: product, sku: "A-1", name: "Kettle", weightGrams: 900)),
            .orderCreated(OrderCreated(orderID: order, lines: lines, destination: destination)),
            .orderConfirmed(OrderConfirmed(orderID: order)),
            .orderRejected(OrderRejected(orderID: order, reason: "insufficient_stock")),
            .orderCancellationRequested(
                OrderCancellationRequested(orderID: order, reason: "customer_request", units: units)),
            .orderCancelled(OrderCancelled(orderID: order, reason: "customer_request")),
            .orderCompleted(OrderCompleted(orderID: order)),
            .orderJeopardyRaised(OrderJeopardyRaised(orderID: order, reason: "not_handed_over_in_time")),
            .unitsCancelled(UnitsCancelled(orderID: order, units: units, reason: "not_found")),
            .recipientErased(RecipientErased(orderID: order)),
            .paymentAuthorized(PaymentAuthorized(orderID: order, amount: price)),
            .paymentDeclined(PaymentDeclined(orderID: order, reason: "insufficient_funds")),
            .paymentCaptured(PaymentCaptured(orderID: order, amount: price)),
            .paymentVoided(PaymentVoided(orderID: order, amount: price)),
            .paymentRefunded(PaymentRefunded(orderID: order, amount: price, reason: "returned")),
            .returnRequested(
                ReturnRequested(orderID: order, returnID: customerReturn, units: units, reason: "does not fit")),
            .returnApproved(
                ReturnApproved(
                    orderID: order, returnID: customerReturn, warehouseID: warehouse, lines: lines)),
            .returnDeclined(ReturnDeclined(orderID: order, returnID: customerReturn, reason: "worn")),
            .returnClosed(ReturnClosed(orderID: order, returnID: customerReturn, refunded: price)),
            .stockReservationRequested(
                StockReservationRequested(orderID: order, request: 2, lines: lines, destination: destination)),
            .stockReleaseRequested(StockReleaseRequested(orderID: order)),
            .fulfillmentRequested(FulfillmentRequested(orderID: order, fulfillmentID: fulfillment)),
            .fulfillmentCancellationRequested(
                FulfillmentCancellationRequested(orderID: order, fulfillmentID: fulfillment, reason: "booking_failed")),
            .shipmentRequested(
                ShipmentRequested(
                    orderID: order, fulfillmentID: fulfillment, warehouseID: warehouse, destination: destination,
                    packages: packages, value: price)),
            .shipmentCancellationRequested(
                ShipmentCancellationRequested(orderID: order, fulfillmentID: fulfillment)),
        ]
    }

    static func warehouseEvents() -> [WarehouseEvent] {
        let plan = FulfillmentPlan(fulfillmentID: fulfillment, warehouseID: warehouse, lines: lines)
        let shortage = LineShortage(line: 1, productID: product, requested: 3, available: 2)
        return [
            .stockReserved(StockReserved(orderID: order, request: 1, fulfillments: [plan])),
            .stockReservationRejected(StockReservationRejected(orderID: order, request: 1, lines: [shortage])),
            .stockReleased(StockReleased(orderID: order)),
            .fulfillmentPicked(FulfillmentPicked(orderID: order, fulfillmentID: fulfillment)),
            .fulfillmentShort(
                FulfillmentShort(
                    orderID: order, fulfillmentID: fulfillment, warehouseID: warehouse, reason: "not_found",
                    missing: lines, remaining: 4)),
            .fulfillmentPacked(FulfillmentPacked(orderID: order, fulfillmentID: fulfillment, packages: packages)),
            .fulfillmentHandedOver(
                FulfillmentHandedOver(orderID: order, fulfillmentID: fulfillment, units: units, occurredAt: time)),
            .fulfillmentCancelled(
                FulfillmentCancelled(orderID: order, fulfillmentID: fulfillment, reason: "customer_request")),
            .fulfillmentReduced(
                FulfillmentReduced(
                    orderID: order, fulfillmentID: fulfillment, units: units, remaining: 2, reason: "customer_request")),
            .orderStopped(OrderStopped(orderID: order, reason: "customer_request")),
            .cancellationRefused(CancellationRefused(orderID: order, reason: "handed_over", units: units)),
            .fulfillmentPutBack(FulfillmentPutBack(orderID: order, fulfillmentID: fulfillment)),
            .returnRestocked(ReturnRestocked(orderID: order, fulfillmentID: fulfillment, units: units)),
            .returnReceived(
                ReturnReceived(
                    orderID: order, returnID: customerReturn, warehouseID: warehouse,
                    units: [InspectedUnits(units: units[0], disposition: .restock, settlement: .refund)])),
            .stockReceived(
                StockReceived(productID: product, warehouseID: warehouse, quantity: 12, reference: "delivery-7")),
            .stockAdjusted(
                StockAdjusted(productID: product, warehouseID: warehouse, delta: -2, reference: "count-8")),
            .stockLevelChanged(
                StockLevelChanged(productID: product, warehouseID: warehouse, onHand: 12, available: 9)),
        ]
    }

    static func shipping() -> [ShippingEvent] {
        [
            .shipmentBooked(
                ShipmentBooked(
                    orderID: order, fulfillmentID: fulfillment, shipmentID: shipment, carrier: "swift",
                    trackingNumber: "SW123", price: price)),
            .shipmentBookingFailed(
                ShipmentBookingFailed(orderID: order, fulfillmentID: fulfillment, reason: "too_heavy")),
            .shipmentAccepted(moved(ShipmentAccepted.init)),
            .shipmentInTransit(moved(ShipmentInTransit.init)),
            .shipmentOutForDelivery(moved(ShipmentOutForDelivery.init)),
            .shipmentReadyForPickup(moved(ShipmentReadyForPickup.init)),
            .shipmentOnHold(moved(ShipmentOnHold.init)),
            .deliveryAttemptFailed(
                DeliveryAttemptFailed(
                    orderID: order, fulfillmentID: fulfillment, shipmentID: shipment, attempt: 2,
                    reason: "nobody_home", occurredAt: time)),
            .shipmentDelivered(moved(ShipmentDelivered.init)),
            .shipmentReturning(moved(ShipmentReturning.init)),
            .shipmentReturned(moved(ShipmentReturned.init)),
            .shipmentLost(moved(ShipmentLost.init)),
            .shipmentCancelled(ShipmentCancelled(orderID: order, fulfillmentID: fulfillment)),
        ]
    }

    private static func moved<Payload>(
        _ make: (OrderID, FulfillmentID, ShipmentID, Instant) -> Payload
    ) -> Payload {
        make(order, fulfillment, shipment, time)
    }

    /// The events that have members which may be missing, with all of them.
    static func complete() throws(Fault) -> [Event] {
        let destination = try destination()
        return [
            .orders(
                .orderCreated(
                    OrderCreated(
                        orderID: order, lines: lines, destination: destination, holdID: HoldID(rawValue: 7007)))),
            .orders(.paymentCaptured(PaymentCaptured(orderID: order, fulfillmentID: fulfillment, amount: price))),
            .orders(
                .paymentRefunded(
                    PaymentRefunded(orderID: order, fulfillmentID: fulfillment, amount: price, reason: "returned"))),
            .orders(
                .stockReservationRequested(
                    StockReservationRequested(
                        orderID: order, request: 2, lines: lines, destination: destination,
                        excludedWarehouseID: warehouse))),
            .orders(.orderCancellationRequested(OrderCancellationRequested(orderID: order, reason: "x", units: []))),
        ]
    }
}
