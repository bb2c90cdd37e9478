import Contracts
import Kernel
import Runtime
import Warehouse

/// What Warehouse does about what others say.
extension WarehouseLogic {
    func react(to event: Event, _ state: inout WarehouseState, now: Instant) throws(Fault) {
        switch event {
        case .orders(let event): try react(to: event, &state, now: now)
        case .shipping(let event): try react(to: event, &state, now: now)
        case .warehouse: break
        }
    }

    private func react(to event: OrdersEvent, _ state: inout WarehouseState, now: Instant) throws(Fault) {
        switch event {
        case .productRegistered(let event):
            state.learn(
                ProductFacts(
                    id: event.productID, sku: event.sku, name: event.name, weightGrams: event.weightGrams))
        case .orderCreated(let event):
            // An order of charges alone needs no stock.
            guard !event.lines.isEmpty else { return }
            try checkDemands(event.lines, event.orderID)
            state.reserve(
                ReserveStock(
                    orderID: event.orderID, request: 1, lines: event.lines, destination: event.destination,
                    holdID: event.holdID), now: now)
        case .stockReservationRequested(let event):
            try checkDemands(event.lines, event.orderID)
            state.reserve(
                ReserveStock(
                    orderID: event.orderID, request: event.request, lines: event.lines,
                    destination: event.destination, excludedWarehouseID: event.excludedWarehouseID), now: now)
        case .orderCancellationRequested(let event):
            try checkUnits(event.units, event.orderID)
            if event.units.isEmpty {
                state.stopOrder(event.orderID, reason: event.reason, now: now)
            } else {
                state.cancelUnits(event.units, of: event.orderID, reason: event.reason, now: now)
            }
        case .stockReleaseRequested(let event): state.releaseReservation(of: event.orderID, now: now)
        case .fulfillmentRequested(let event):
            try known(state.requestFulfillment(event.fulfillmentID, now: now), event.fulfillmentID)
        case .fulfillmentCancellationRequested(let event):
            try known(
                state.cancelFulfillment(event.fulfillmentID, reason: event.reason, now: now), event.fulfillmentID)
        case .returnApproved(let event):
            try checkDemands(event.lines, event.orderID)
            guard state.expectReturn(event, now: now) else {
                throw Fault("unknown_warehouse", retryable: false, "\(event.returnID) at \(event.warehouseID)")
            }
        case .orderConfirmed, .orderRejected, .orderCancelled, .orderCompleted, .orderJeopardyRaised, .unitsCancelled,
            .recipientErased,
            .paymentAuthorized, .paymentDeclined, .paymentCaptured, .paymentVoided, .paymentRefunded,
            .returnRequested, .returnDeclined, .returnClosed, .shipmentRequested, .shipmentCancellationRequested:
            // Facts about money and promises, and requests to Shipping.
            break
        }
    }

    private func react(to event: ShippingEvent, _ state: inout WarehouseState, now: Instant) throws(Fault) {
        switch event {
        case .shipmentBooked(let event):
            try known(
                state.label(
                    event.fulfillmentID, shipmentID: event.shipmentID, carrier: event.carrier,
                    trackingNumber: event.trackingNumber, now: now), event.fulfillmentID)
        case .shipmentCancelled(let event):
            try known(state.voidLabel(event.fulfillmentID, now: now), event.fulfillmentID)
        case .shipmentReturned(let event):
            try known(state.announceReturn(event.fulfillmentID, now: now), event.fulfillmentID)
        case .shipmentBookingFailed, .shipmentAccepted, .shipmentInTransit, .shipmentOutForDelivery,
            .shipmentReadyForPickup, .shipmentOnHold, .deliveryAttemptFailed, .shipmentDelivered, .shipmentReturning,
            .shipmentLost:
            // The parcel is not in the building.
            break
        }
    }

    /// Others learned of fulfillment orders from us alone: one that we do not know is a mistake, not a delay.
    private func known(_ isKnown: Bool, _ id: FulfillmentID) throws(Fault) {
        guard isKnown else { throw Fault("unknown_fulfillment", retryable: false, id.text) }
    }

    private func checkDemands(_ lines: [LineDemand], _ orderID: OrderID) throws(Fault) {
        try checkUnits(lines.map(\.units), orderID)
    }

    /// Numbers that no order can have would overflow sums later: the event is set aside instead.
    private func checkUnits(_ units: [UnitRange], _ orderID: OrderID) throws(Fault) {
        let possible = 1...WarehousePolicy.quantityMax
        for range in units where !possible.contains(range.count) || !(0...possible.upperBound).contains(range.first) {
            throw Fault("malformed_units", retryable: false, "\(orderID): \(range)")
        }
    }
}
