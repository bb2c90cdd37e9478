import Contracts
import Kernel

extension Shipment {
    /// Begins a shipment: asks the first carrier that the policy names, or ends it when none can do it.
    ///
    /// - Parameter isStopped: its fulfillment order was stopped in the warehouse before the request came.
    public static func request(
        _ request: ShipmentRequested, id: ShipmentID, isStopped: Bool, _ policy: ShippingPolicy, now: Instant
    ) -> (Shipment, [ShipmentAction]) {
        let facts = ShipmentFacts(request)
        var shipment = Shipment(
            id: id, orderID: request.orderID, fulfillmentID: request.fulfillmentID, warehouseID: request.warehouseID,
            country: facts.country, totalGrams: facts.totalGrams, parcels: facts.parcelGrams.count, value: facts.value,
            requestedAt: now)
        let actions: [ShipmentAction]
        let candidates = policy.choice.candidates(policy.carriers, for: facts)
        if isStopped {
            actions = shipment.endUnbooked(because: "fulfillment_cancelled")
        } else if let first = candidates.first {
            actions = shipment.ask(first, hasAlternative: candidates.count > 1, policy, now: now)
        } else {
            actions = shipment.failBooking(because: "no_carrier")
        }
        return (shipment, actions)
    }

    /// Answers a request for a shipment that exists: whoever asks is told how it stands. While a carrier is being
    /// asked the answer is still to come.
    public func answerRepeatedRequest() -> [ShipmentAction] {
        switch label {
        case .booked: [.publish(booked)].compactMap { $0 }
        case .none where endedBecause?.hasPrefix(Self.bookingFailed) == true: [.publish(bookingFailure)]
        case .none, .voided, .voidRefused: [.publish(cancelled)]
        case .asked, .changingCarrier, .stopping, .voiding: []
        }
    }

    mutating func ask(
        _ quote: Quote, hasAlternative: Bool, _ policy: ShippingPolicy, now: Instant
    ) -> [ShipmentAction] {
        label = .asked
        carrier = quote.carrier
        quoted = quote.price
        attempt += 1
        var actions: [ShipmentAction] = [
            .book(
                carrier: carrier, attempt: attempt,
                yieldsWhenDown: hasAlternative && attempt < policy.carriers.count)
        ]
        if hasAlternative {
            actions.append(.startPatience(until: now + policy.patience(ofAttempt: attempt - 1)))
        }
        return actions
    }

    mutating func failBooking(because reason: String) -> [ShipmentAction] {
        label = .none
        endedBecause = "\(Self.bookingFailed)\(reason)"
        return [.publish(bookingFailure)]
    }

    mutating func endUnbooked(because reason: String) -> [ShipmentAction] {
        label = .none
        endedBecause = reason
        return [.publish(cancelled)]
    }

    static let bookingFailed = "booking_failed: "

    var bookingFailure: ShippingEvent {
        .shipmentBookingFailed(
            ShipmentBookingFailed(
                orderID: orderID, fulfillmentID: fulfillmentID,
                reason: String((endedBecause ?? "").dropFirst(Self.bookingFailed.count))))
    }

    var cancelled: ShippingEvent {
        .shipmentCancelled(ShipmentCancelled(orderID: orderID, fulfillmentID: fulfillmentID))
    }

    var booked: ShippingEvent {
        guard let trackingNumber, let price else { preconditionFailure("\(id) is \(label.name) without a label") }
        return .shipmentBooked(
            ShipmentBooked(
                orderID: orderID, fulfillmentID: fulfillmentID, shipmentID: id, carrier: carrier,
                trackingNumber: trackingNumber, price: price))
    }
}

extension ShipmentFacts {
    public init(_ request: ShipmentRequested) {
        self.init(
            country: request.destination.country, parcelGrams: request.packages.map(\.weightGrams),
            value: request.value, warehouseID: request.warehouseID)
    }
}
