import Contracts
import Kernel
import Testing

@testable import Shipping

/// Given what happened, when something happens, then these actions.
@Suite struct ShipmentDecisionTests {
    let policy = ShippingPolicy.standard
    let now = Instant(milliseconds: 1_764_000_000_000)
    let request = ShipmentRequested(
        orderID: OrderID(rawValue: 1), fulfillmentID: FulfillmentID(rawValue: 2),
        warehouseID: WarehouseID(rawValue: 3),
        destination: Destination(country: "DE", place: GeoPoint(latitude: 52, longitude: 13) ?? { fatalError() }()),
        packages: [PackedPackage(packageID: PackageID(rawValue: 4), sscc: "1", weightGrams: 900)],
        value: Money(1999, .eur))
    var facts: ShipmentFacts { ShipmentFacts(request) }

    private func requested(_ policy: ShippingPolicy? = nil) -> Shipment {
        Shipment.request(request, id: ShipmentID(rawValue: 9), isStopped: false, policy ?? self.policy, now: now).0
    }

    private func booked() -> Shipment {
        var shipment = requested()
        _ = shipment.bookingSucceeded(attempt: 1, trackingNumber: "T1", price: Money(390, .eur), now: now)
        return shipment
    }

    private func names(_ actions: [ShipmentAction]) -> [String] {
        actions.map { action in
            switch action {
            case .publish(let event): Event.shipping(event).type
            case .book(let carrier, let attempt, _): "book \(carrier) \(attempt)"
            case .withdraw(let attempt): "withdraw \(attempt)"
            case .void(let carrier, let attempt): "void \(carrier) \(attempt)"
            case .startPatience(let until): "patience \((until - now).inMilliseconds / 1000) s"
            case .stopPatience: "stop patience"
            }
        }
    }

    @Test func aRequestAsksTheFirstCarrier() {
        let (shipment, actions) = Shipment.request(
            request, id: ShipmentID(rawValue: 9), isStopped: false, policy, now: now)
        #expect(names(actions) == ["book turtle 1", "patience 30 s"])
        #expect(shipment.label == .asked)
        #expect(shipment.quoted == Money(390, .eur))
    }

    @Test func whereNobodyGoesTheBookingFailsAtOnce() {
        let nobody = ShippingPolicy(
            carriers: [], choice: CarrierChoicePolicy(rules: [], otherwise: .cheapest))
        let (shipment, actions) = Shipment.request(
            request, id: ShipmentID(rawValue: 9), isStopped: false, nobody, now: now)
        #expect(names(actions) == ["ShipmentBookingFailed"])
        #expect(shipment.status == .cancelled)
        #expect(names(shipment.answerRepeatedRequest()) == ["ShipmentBookingFailed"])
    }

    @Test func aRefusalGoesToTheNextCarrierAndTheLastOneEndsIt() {
        var shipment = requested()
        #expect(
            names(shipment.bookingRefused(attempt: 1, code: "no_service", facts, policy, now: now))
                == ["stop patience", "book swift 2"])
        #expect(
            names(shipment.bookingRefused(attempt: 2, code: "too_big", facts, policy, now: now))
                == ["stop patience", "ShipmentBookingFailed"])
        #expect(shipment.endedBecause == "booking_failed: too_big")
    }

    @Test func aSilentCarrierIsAskedBackBeforeAnotherIsAsked() {
        var shipment = requested()
        #expect(names(shipment.runOutOfPatience()) == ["withdraw 1"])
        #expect(names(shipment.runOutOfPatience()) == [])
        #expect(
            names(shipment.bookingWithdrawn(attempt: 1, facts, policy, now: now))
                == ["book swift 2", "patience 60 s"])
        #expect(names(shipment.runOutOfPatience()) == ["withdraw 2"])
        #expect(
            names(shipment.bookingWithdrawn(attempt: 2, facts, policy, now: now))
                == ["book turtle 3", "patience 120 s"])
    }

    @Test func aLabelThatComesWhileTheBookingIsAskedBackIsUsed() {
        var shipment = requested()
        _ = shipment.runOutOfPatience()
        #expect(
            names(shipment.bookingSucceeded(attempt: 1, trackingNumber: "T", price: Money(1, .eur), now: now))
                == ["stop patience", "ShipmentBooked"])
        #expect(shipment.label == .booked)
    }

    @Test func patienceEndsAtAnHour() {
        #expect(policy.patience(ofAttempt: 0) == .seconds(30))
        #expect(policy.patience(ofAttempt: 6) == .seconds(1920))
        #expect(policy.patience(ofAttempt: 7) == .seconds(3600))
        #expect(policy.patience(ofAttempt: 1000) == .seconds(3600))
    }

    @Test func cancellingAtEveryStep() throws {
        var asked = requested()
        #expect(names(try asked.cancel()) == ["stop patience", "withdraw 1"])
        #expect(names(try asked.cancel()) == [])
        var taken = asked
        #expect(names(taken.bookingWithdrawn(attempt: 1, facts, policy, now: now)) == ["ShipmentCancelled"])
        #expect(taken.label == .none)
        var refused = asked
        #expect(
            names(refused.bookingRefused(attempt: 1, code: "x", facts, policy, now: now)) == ["ShipmentCancelled"])
        var late = asked
        #expect(
            names(late.bookingSucceeded(attempt: 1, trackingNumber: "T", price: Money(1, .eur), now: now))
                == ["void turtle 1"])
        #expect(names(try late.cancel()) == [])
        #expect(names(late.voidSucceeded()) == ["ShipmentCancelled"])
        #expect(late.status == .cancelled)
        #expect(names(try late.cancel()) == ["ShipmentCancelled"])

        var changing = requested()
        _ = changing.runOutOfPatience()
        #expect(names(try changing.cancel()) == ["stop patience"])
        #expect(names(changing.bookingWithdrawn(attempt: 1, facts, policy, now: now)) == ["ShipmentCancelled"])

        var booked = booked()
        #expect(names(try booked.cancel()) == ["void turtle 1"])
        #expect(booked.status == .created)
        #expect(names(booked.voidRefused(code: "too_late")) == ["ShipmentCancelled"])
        #expect(booked.label == .voidRefused)
    }

    @Test func afterHandoverNothingIsVoided() throws {
        var shipment = booked()
        try shipment.handOver(at: now)
        #expect(throws: ShippingRejection.handedOver(shipment.id)) { try shipment.cancel() }
        var unbooked = requested()
        #expect(throws: ShippingRejection.notBooked(unbooked.id, .asked)) { try unbooked.handOver(at: now) }
    }

    @Test func aRequestThatComesAfterTheStopIsCancelled() {
        let (shipment, actions) = Shipment.request(
            request, id: ShipmentID(rawValue: 9), isStopped: true, policy, now: now)
        #expect(names(actions) == ["ShipmentCancelled"])
        #expect(names(shipment.answerRepeatedRequest()) == ["ShipmentCancelled"])
        #expect(names(booked().answerRepeatedRequest()) == ["ShipmentBooked"])
        #expect(names(requested().answerRepeatedRequest()) == [])
    }

    // MARK: Announcements

    private func announced(_ events: [TrackingEvent]) -> [String] {
        var shipment = booked()
        var known: [TrackingEvent] = []
        return events.flatMap { event in
            known.append(event)
            return names(shipment.recordReports(known, policy))
        }
    }

    @Test func eachChangeOfStatusIsToldOnce() {
        typealias Report = TrackingFoldTests
        #expect(
            announced([
                Report.report(.accepted, 1), Report.report(.inTransit, 2), Report.report(.inTransit, 3),
                Report.report(.outForDelivery, 4), Report.report(.delivered, 5),
            ]) == ["ShipmentAccepted", "ShipmentInTransit", "ShipmentOutForDelivery", "ShipmentDelivered"])
        #expect(
            announced([Report.report(.delivered, 5), Report.report(.inTransit, 2), Report.report(.attemptFailed, 3)])
                == ["ShipmentDelivered"])
        #expect(
            announced([Report.report(.lost, 1), Report.report(.inTransit, 2)]) == ["ShipmentLost", "ShipmentInTransit"])
        #expect(announced([Report.report(.damaged, 1)]) == ["ShipmentLost"])
    }

    @Test func everyFailedAttemptIsToldAndTheLastTurnsTheParcelBack() {
        typealias Report = TrackingFoldTests
        #expect(
            announced([
                Report.report(.attemptFailed, 1), Report.report(.attemptFailed, 2), Report.report(.attemptFailed, 3),
                Report.report(.returning, 4), Report.report(.returned, 5),
            ]) == [
                "DeliveryAttemptFailed", "DeliveryAttemptFailed", "DeliveryAttemptFailed", "ShipmentReturning",
                "ShipmentReturned",
            ])
    }

    @Test func aVoidLabelThatIsScannedStaysCancelled() throws {
        var shipment = booked()
        _ = try shipment.cancel()
        _ = shipment.voidSucceeded()
        #expect(shipment.recordReports([TrackingFoldTests.report(.inTransit, 1)], policy).isEmpty)
        #expect(shipment.status == .cancelled)
    }
}
