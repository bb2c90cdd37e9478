import Contracts

/// Which of two events of the same millisecond and of different services came first: the one that the other reacts to.
///
/// Services react to one another within a millisecond, so times alone leave a story in disorder. The rank is the place
/// in the usual course of an order.
enum CausalRank {
    static func rank(of event: Event) -> Int {
        switch event {
        case .orders(let event): rank(event)
        case .warehouse(let event): rank(event)
        case .shipping(let event): rank(event)
        }
    }

    private static func rank(_ event: OrdersEvent) -> Int {
        switch event {
        case .productRegistered, .orderCreated: 0
        case .paymentAuthorized, .paymentDeclined: 20
        case .orderConfirmed, .orderRejected: 30
        case .fulfillmentRequested: 40
        case .stockReservationRequested: 60
        case .shipmentRequested: 80
        case .paymentCaptured: 110
        case .paymentRefunded: 200
        case .returnRequested: 182
        case .returnApproved, .returnDeclined: 184
        case .returnClosed: 202
        case .orderCancellationRequested: 210
        case .fulfillmentCancellationRequested, .shipmentCancellationRequested, .stockReleaseRequested: 230
        case .unitsCancelled, .paymentVoided, .recipientErased: 250
        case .orderJeopardyRaised: 260
        case .orderCancelled, .orderCompleted: 300
        }
    }

    private static func rank(_ event: WarehouseEvent) -> Int {
        switch event {
        case .stockReceived, .stockAdjusted, .stockLevelChanged: 5
        case .stockReserved, .stockReservationRejected: 10
        case .fulfillmentPicked, .fulfillmentShort: 50
        case .fulfillmentPacked: 70
        case .fulfillmentHandedOver: 100
        case .returnRestocked, .returnReceived: 190
        case .orderStopped, .cancellationRefused, .fulfillmentCancelled, .fulfillmentReduced: 220
        case .stockReleased, .fulfillmentPutBack: 240
        }
    }

    private static func rank(_ event: ShippingEvent) -> Int {
        switch event {
        case .shipmentBooked, .shipmentBookingFailed: 90
        case .shipmentAccepted: 120
        case .shipmentInTransit: 130
        case .shipmentOnHold: 140
        case .shipmentOutForDelivery: 150
        case .shipmentReadyForPickup, .deliveryAttemptFailed: 160
        case .shipmentDelivered, .shipmentReturning, .shipmentLost: 170
        case .shipmentReturned: 180
        case .shipmentCancelled: 240
        }
    }
}
