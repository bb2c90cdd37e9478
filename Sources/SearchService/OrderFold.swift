import Contracts
import Kernel
import Orders

/// What the events of an order say, as far as it can be searched.
///
/// The events of one topic come in order; those of different topics in any order. So each member is told by one topic
/// alone, or by a rule that no order changes (the greatest, the sum): two readers of the same events always agree.
public struct OrderFold: Sendable, Equatable {
    /// One warehouse's share.
    struct Share: Sendable, Equatable {
        let id: FulfillmentID
        /// Told by Warehouse.
        var warehouseID: WarehouseID?
        var work = Work.planned
        var isShort = false
        /// Told by Orders.
        var isRequested = false
        /// Told by Shipping.
        var shipment: ShipmentStatus?
        var carrier: String?
        /// All that it ever had, since a customer may hold on to an old one.
        var trackingNumbers: [String] = []
        var deliveredAt: Instant?

        init(id: FulfillmentID) { self.id = id }
    }

    /// How far the warehouse is.
    enum Work: Int64, Sendable {
        case planned, picked, packed, handedOver, incomplete, cancelled
    }

    /// How far a return is; the furthest holds.
    enum ReturnStep: Int64, Sendable, Comparable {
        case requested = 1
        case declined, approved, received, closed

        var name: String {
            switch self {
            case .requested: "requested"
            case .declined: "declined"
            case .approved: "approved"
            case .received: "received"
            case .closed: "closed"
            }
        }

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// How many events it is made of: the version of its document.
    public internal(set) var events: Int64 = 0
    var updatedAt = Instant(milliseconds: 0)

    // Told by Orders.
    /// `nil` while only other topics spoke of the order.
    var placedAt: Instant?
    var country = ""
    var holdID: HoldID?
    var units = 0
    var state = OrderState.placed
    var isLate = false
    var cancellationsAsked = 0
    var authorized: Int64 = 0
    var captured: Int64 = 0
    var refunded: Int64 = 0
    var voided: Int64 = 0
    var isDeclined = false
    // Told by Warehouse.
    var cancellationsRefused = 0
    // Told by several.
    var shares: [Share] = []
    var returns: [ReturnID: ReturnStep] = [:]

    public init() {}

    var isCancelling: Bool { !state.isTerminal && cancellationsAsked > cancellationsRefused }

    /// Takes the next event of one of the topics.
    public mutating func apply(_ envelope: Envelope) {
        events += 1
        updatedAt = max(updatedAt, envelope.recordedAt)
        switch envelope.event {
        case .orders(let event): apply(event, at: envelope.recordedAt)
        case .warehouse(let event): apply(event)
        case .shipping(let event): apply(event)
        }
        // The order of shares must not tell which topic was read first.
        shares.sort { $0.id < $1.id }
    }

    private mutating func apply(_ event: OrdersEvent, at recordedAt: Instant) {
        switch event {
        case .orderCreated(let event):
            placedAt = recordedAt
            country = event.destination.country
            holdID = event.holdID
            units = event.lines.reduce(0) { $0 + $1.quantity }
        case .orderConfirmed: state = .confirmed
        case .orderRejected: state = .rejected
        case .orderCancelled: state = .cancelled
        case .orderCompleted: state = .completed
        case .orderJeopardyRaised: isLate = true
        case .orderCancellationRequested(let event): if event.units.isEmpty { cancellationsAsked += 1 }
        case .fulfillmentRequested(let event):
            share(event.fulfillmentID) { $0.isRequested = true }
            if state == .confirmed { state = .fulfilling }
        case .paymentAuthorized(let event): authorized += event.amount.amount
        case .paymentDeclined: isDeclined = true
        case .paymentCaptured(let event): captured += event.amount.amount
        case .paymentVoided(let event): voided += event.amount.amount
        case .paymentRefunded(let event): refunded += event.amount.amount
        case .returnRequested(let event): advance(event.returnID, .requested)
        case .returnApproved(let event): advance(event.returnID, .approved)
        case .returnDeclined(let event): advance(event.returnID, .declined)
        case .returnClosed(let event): advance(event.returnID, .closed)
        case .productRegistered, .unitsCancelled, .recipientErased, .stockReservationRequested, .stockReleaseRequested,
            .fulfillmentCancellationRequested, .shipmentRequested, .shipmentCancellationRequested:
            // Nothing to find an order by; as events they make its document a newer one.
            break
        }
    }

    private mutating func apply(_ event: WarehouseEvent) {
        switch event {
        case .stockReserved(let event):
            for plan in event.fulfillments { share(plan.fulfillmentID) { $0.warehouseID = plan.warehouseID } }
        case .fulfillmentPicked(let event): share(event.fulfillmentID) { $0.work = .picked }
        case .fulfillmentPacked(let event): share(event.fulfillmentID) { $0.work = .packed }
        case .fulfillmentHandedOver(let event): share(event.fulfillmentID) { $0.work = .handedOver }
        case .fulfillmentCancelled(let event): share(event.fulfillmentID) { $0.work = .cancelled }
        case .fulfillmentShort(let event):
            share(event.fulfillmentID) { share in
                share.isShort = true
                if event.remaining == 0 { share.work = .incomplete }
            }
        case .cancellationRefused(let event): if event.units.isEmpty { cancellationsRefused += 1 }
        case .returnReceived(let event): advance(event.returnID, .received)
        case .stockReservationRejected, .stockReleased, .fulfillmentReduced, .orderStopped, .fulfillmentPutBack,
            .returnRestocked, .stockReceived, .stockAdjusted, .stockLevelChanged:
            break
        }
    }

    private mutating func apply(_ event: ShippingEvent) {
        switch event {
        case .shipmentBooked(let event):
            share(event.fulfillmentID) { share in
                share.shipment = .booked
                share.carrier = event.carrier
                if !share.trackingNumbers.contains(event.trackingNumber) {
                    share.trackingNumbers.append(event.trackingNumber)
                }
            }
        case .shipmentBookingFailed: break
        case .shipmentCancelled(let event):
            // One that was never booked has no journey.
            share(event.fulfillmentID) { if $0.shipment != nil { $0.shipment = .cancelled } }
        case .shipmentAccepted(let event): track(event, .accepted)
        case .shipmentInTransit(let event): track(event, .inTransit)
        case .shipmentOutForDelivery(let event): track(event, .outForDelivery)
        case .shipmentReadyForPickup(let event): track(event, .readyForPickup)
        case .shipmentOnHold(let event): track(event, .onHold)
        case .deliveryAttemptFailed(let event): share(event.fulfillmentID) { $0.shipment = .attemptFailed }
        case .shipmentDelivered(let event):
            track(event, .delivered)
            share(event.fulfillmentID) { if $0.deliveredAt == nil { $0.deliveredAt = event.occurredAt } }
        case .shipmentReturning(let event): track(event, .returning)
        case .shipmentReturned(let event): track(event, .returned)
        case .shipmentLost(let event): track(event, .lost)
        }
    }

    private mutating func track(_ scan: some ShipmentScan, _ status: ShipmentStatus) {
        share(scan.fulfillmentID) { $0.shipment = status }
    }

    private mutating func share(_ id: FulfillmentID, _ change: (inout Share) -> Void) {
        if let index = shares.firstIndex(where: { $0.id == id }) {
            change(&shares[index])
        } else {
            var share = Share(id: id)
            change(&share)
            shares.append(share)
        }
    }

    private mutating func advance(_ id: ReturnID, _ step: ReturnStep) {
        returns[id] = max(returns[id] ?? step, step)
    }
}
