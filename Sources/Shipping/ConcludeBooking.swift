import Contracts
import Kernel

/// A booking attempt ended.
extension Shipment {
    /// The carrier has a label for us: it is used, or voided when the shipment was cancelled meanwhile.
    ///
    /// - Parameter number: must be the current attempt: an attempt ends once, and the next begins only after it.
    public mutating func bookingSucceeded(
        attempt number: Int, trackingNumber: String, price: Money, now: Instant
    ) -> [ShipmentAction] {
        precondition(number == attempt, "\(id): outcome of attempt \(number), waiting for \(attempt)")
        self.trackingNumber = trackingNumber
        self.price = price
        labelDate = now.day
        bookedAt = now
        switch label {
        case .asked, .changingCarrier:
            label = .booked
            // Couriers know their label before its booking has reached us, and may have reported already.
            let journey = StatusAnnouncement.events(from: TrackingState(), to: tracking, of: self)
            return [.stopPatience, .publish(booked)] + journey.map { .publish($0) }
        case .stopping:
            label = .voiding
            return [.void(carrier: carrier, attempt: attempt)]
        case .booked, .voiding, .voided, .voidRefused, .none:
            preconditionFailure("\(id): booked while \(label.name)")
        }
    }

    /// The carrier said no; trying it again would not help.
    public mutating func bookingRefused(
        attempt number: Int, code: String, _ facts: ShipmentFacts, _ policy: ShippingPolicy, now: Instant
    ) -> [ShipmentAction] {
        precondition(number == attempt, "\(id): outcome of attempt \(number), waiting for \(attempt)")
        refusedBy.append(carrier)
        if label == .stopping { return endUnbooked(because: "cancelled") }
        return askNext(after: code, facts, policy, now: now)
    }

    /// The attempt was taken back: it certainly left no label and never will.
    public mutating func bookingWithdrawn(
        attempt number: Int, _ facts: ShipmentFacts, _ policy: ShippingPolicy, now: Instant
    ) -> [ShipmentAction] {
        precondition(number == attempt, "\(id): attempt \(number) withdrawn, waiting for \(attempt)")
        if label == .stopping { return endUnbooked(because: "cancelled") }
        return askNext(after: "carrier_unavailable", facts, policy, now: now)
    }

    /// Asks the carrier that follows the current one in the policy's order, beginning anew at its end. Carriers that
    /// refused are never asked again; one that was down is, in its turn.
    private mutating func askNext(
        after reason: String, _ facts: ShipmentFacts, _ policy: ShippingPolicy, now: Instant
    ) -> [ShipmentAction] {
        let all = policy.choice.candidates(policy.carriers, for: facts)
        let current = all.firstIndex { $0.carrier == carrier } ?? all.count - 1
        let turn = Array(all.dropFirst(current + 1) + all.prefix(current + 1)).filter { quote in
            !refusedBy.contains(quote.carrier)
        }
        guard let next = turn.first else { return [.stopPatience] + failBooking(because: reason) }
        let actions = ask(next, hasAlternative: turn.count > 1, policy, now: now)
        return turn.count > 1 ? actions : [.stopPatience] + actions
    }
}
