import Contracts
import Kernel
import Ports
import Runtime
import Shipping
import ShippingService
import TestServers
import Testing

@Suite(.onEveryStore) struct ShippingBookingTests {
    let bench: ShippingBench

    init() throws { bench = try ShippingBench() }

    private func carrier(of effect: Effect) -> String? {
        if case .bookShipment(let booking) = effect.request { booking.carrier } else { nil }
    }

    @Test func aRequestBecomesALabel() throws {
        bench.request(1)
        #expect(try bench.run() == [])
        let effect = try #require(bench.effects.takeAll().first)
        #expect(carrier(of: effect) == "turtle")
        #expect(try bench.view(1).shipment.label == .asked)
        bench.carrierBooks(effect, "TT1")
        #expect(try bench.run() == ["ShipmentBooked"])
        let view = try bench.view(1)
        #expect(view.shipment.trackingNumber == "TT1")
        #expect(view.shipment.price == Money(390, .eur))
        #expect(view.shipment.labelDate == bench.clock.now.day)
        #expect(view.carrierName == "Turtle Post")
        #expect(view.expectedAt == bench.clock.now + .seconds(3 * 86_400))
        #expect(try bench.worker.nextTimer() == nil)
        #expect(try bench.offenders() == [])
    }

    @Test func aWholeBatchIsBookedInTwoCommits() throws {
        for number in Int64(1)...500 { bench.request(number) }
        #expect(try bench.worker.step() == 500)
        for effect in bench.effects.takeAll() { bench.carrierBooks(effect, "TT\(effect.key.subject)") }
        #expect(try bench.worker.step() == 500)
        #expect(bench.published.takeAll().count == 500)
        #expect(try bench.queries.counts(bench.reader).byLabel.map(\.count) == [500])
        #expect(try bench.offenders() == [])
    }

    @Test func aRefusalGoesToTheNextCarrierAndThenToOrders() throws {
        bench.request(1)
        try bench.run()
        let first = try #require(bench.effects.takeAll().first)
        bench.worker.mailbox.deliver(first, .refused(code: "no_service", detail: ""))
        #expect(try bench.run() == [])
        let second = try #require(bench.effects.takeAll().first)
        #expect(carrier(of: second) == "swift")
        #expect(second.key.reference != first.key.reference)
        bench.worker.mailbox.deliver(second, .refused(code: "address", detail: ""))
        #expect(try bench.run() == ["ShipmentBookingFailed"])
        #expect(try bench.view(1).shipment.status == .cancelled)
        #expect(try bench.worker.nextTimer() == nil)
        #expect(try bench.offenders() == [])
    }

    @Test func aCarrierThatIsDownIsChangedOnceItsBookingIsTakenBack() throws {
        bench.request(1)
        try bench.run()
        var effect = try #require(bench.effects.takeAll().first)
        bench.worker.mailbox.deliver(effect, .failed(reason: "refused connection", retryAt: bench.clock.now))
        try bench.run()
        effect = try #require(bench.effects.takeAll().first)
        bench.clock.advance(.seconds(30))
        try bench.run()
        #expect(try bench.view(1).shipment.label == .changingCarrier)
        #expect(bench.effects.takeAll().isEmpty)
        bench.worker.mailbox.deliver(effect, .failed(reason: "circuit open", retryAt: bench.clock.now))
        try bench.run()
        let second = try #require(bench.effects.takeAll().first)
        #expect(carrier(of: second) == "swift")
        bench.carrierBooks(second, "SW1")
        #expect(try bench.run() == ["ShipmentBooked"])
        #expect(try bench.offenders() == [])
    }

    @Test func aCarrierThatIsKnownToBeDownIsPassedOverAtOnceAndOnlyOnce() throws {
        bench.request(1)
        try bench.run()
        let first = try #require(bench.effects.takeAll().first)
        #expect(first.yieldsWhenDown && carrier(of: first) == "turtle")
        bench.worker.mailbox.deliver(first, .withheld(reason: "circuit open", retryAt: bench.clock.now))
        try bench.run()
        let second = try #require(bench.effects.takeAll().first)
        #expect(carrier(of: second) == "swift")
        // All are down: from now on patience decides, or two dead carriers would be asked in turn for ever.
        #expect(!second.yieldsWhenDown)
        bench.worker.mailbox.deliver(second, .withheld(reason: "circuit open", retryAt: bench.clock.now))
        try bench.run()
        let again = try #require(bench.effects.takeAll().first)
        #expect(again.key == second.key)
        bench.carrierBooks(again, "SW1")
        #expect(try bench.run() == ["ShipmentBooked"])
        #expect(try bench.offenders() == [])
    }

    /// The first carrier took the booking and died before it answered: no other is asked until that is known.
    @Test func anUnknownBookingIsNeverFollowedByASecondLabel() throws {
        bench.request(1)
        try bench.run()
        var effect = try #require(bench.effects.takeAll().first)
        for _ in 0..<5 {
            bench.clock.advance(.seconds(60))
            bench.worker.mailbox.deliver(effect, .unknown(reason: "time-out", lookUpAt: bench.clock.now))
            try bench.run()
            let again = bench.effects.takeAll()
            #expect(again.map(\.key) == [effect.key])
            effect = try #require(again.first)
            #expect(effect.isUncertain)
        }
        #expect(try bench.view(1).shipment.label == .changingCarrier)
        bench.carrierBooks(effect, "TT1")
        #expect(try bench.run() == ["ShipmentBooked"])
        #expect(try bench.view(1).shipment.carrier == "turtle")
        #expect(try bench.offenders() == [])
    }

    @Test func aCrashWhileChangingCarriersKeepsOneLabel() throws {
        bench.request(1)
        try bench.run()
        bench.clock.advance(.seconds(30))
        try bench.run()
        try bench.restart()
        let effect = try #require(bench.effects.takeAll().first)
        #expect(effect.isUncertain)
        bench.worker.mailbox.deliver(effect, .failed(reason: "not known there", retryAt: bench.clock.now))
        try bench.run()
        try bench.restart()
        let second = try #require(bench.effects.takeAll().first)
        #expect(carrier(of: second) == "swift")
        bench.carrierBooks(second, "SW1")
        #expect(try bench.run() == ["ShipmentBooked"])
        #expect(try bench.offenders() == [])
    }

    @Test func aBookedShipmentIsVoidedBeforeItCountsAsCancelled() throws {
        let id = try bench.booked(1, "TT1")
        bench.requestCancellation(1)
        #expect(try bench.run() == [])
        let void = try #require(bench.effects.takeAll().first)
        #expect(
            void.request
                == .voidShipment(
                    shipmentID: id, carrier: "turtle",
                    bookingReference: EffectKey(.bookShipment, id.rawValue, 1).reference))
        #expect(void.dueAt == bench.clock.now)
        bench.worker.mailbox.deliver(void, .done(.acknowledged))
        #expect(try bench.run() == ["ShipmentCancelled"])
        #expect(try bench.view(1).shipment.status == .cancelled)
        bench.requestCancellation(1)
        #expect(try bench.run() == ["ShipmentCancelled"])
        #expect(try bench.offenders() == [])
    }

    @Test func cancelledInFlightTheLabelIsVoidedWhenItComes() throws {
        bench.request(1)
        try bench.run()
        let effect = try #require(bench.effects.takeAll().first)
        bench.stopFulfillment(1)
        bench.requestCancellation(1)
        #expect(try bench.run() == [])
        #expect(try bench.worker.nextTimer() == nil)
        bench.carrierBooks(effect, "TT1")
        #expect(try bench.run() == [])
        let void = try #require(bench.effects.takeAll().first)
        #expect(void.key.kind == .voidShipment)
        bench.worker.mailbox.deliver(void, .refused(code: "too_late", detail: ""))
        #expect(try bench.run() == ["ShipmentCancelled"])
        #expect(try bench.view(1).shipment.label == .voidRefused)
        #expect(try bench.offenders() == [])
    }

    @Test func cancelledInFlightNothingIsVoidedWhenNothingWasBooked() throws {
        bench.request(1)
        try bench.run()
        let effect = try #require(bench.effects.takeAll().first)
        bench.requestCancellation(1)
        try bench.run()
        bench.worker.mailbox.deliver(effect, .failed(reason: "503", retryAt: bench.clock.now))
        #expect(try bench.run() == ["ShipmentCancelled"])
        #expect(bench.effects.takeAll().isEmpty)
        #expect(try bench.offenders() == [])
    }

    @Test func aStopThatOvertakesTheRequestIsRemembered() throws {
        bench.stopFulfillment(1)
        #expect(try bench.run() == [])
        bench.requestCancellation(2)
        #expect(try bench.run() == ["ShipmentCancelled"])
        try bench.restart()
        bench.request(1)
        bench.request(2)
        #expect(try bench.run() == ["ShipmentCancelled", "ShipmentCancelled"])
        #expect(bench.effects.takeAll().isEmpty)
        #expect(try bench.offenders() == [])
    }

    @Test func aRequestThatIsRepeatedIsAnsweredAgainAndBooksOnce() throws {
        _ = try bench.booked(1, "TT1")
        bench.request(1)
        #expect(try bench.run() == ["ShipmentBooked"])
        #expect(bench.effects.takeAll().isEmpty)
    }

    @Test func cancellingAfterHandoverIsParkedForAPerson() throws {
        _ = try bench.booked(1, "TT1")
        bench.handOver(1)
        try bench.run()
        #expect(try bench.view(1).shipment.handedOverAt == bench.clock.now)
        bench.requestCancellation(1)
        try bench.run()
        let letters = try DeadLetters.list(bench.reader, limit: 10)
        #expect(letters.map { $0.error?.hasPrefix("shipment_handed_over") } == [true])
        #expect(try bench.view(1).shipment.label == .booked)
    }

    @Test func aCancelledOrderLeavesNoLabel() throws {
        _ = try bench.booked(1, "TT1")
        bench.log.add(.orders(.orderCancelled(OrderCancelled(orderID: OrderID(rawValue: 1), reason: "customer"))))
        try bench.run()
        #expect(bench.effects.takeAll().map(\.key.kind) == [.voidShipment])
    }

    @Test func givingUpOnAnUnknownBookingAsksNobodyElse() throws {
        bench.request(1)
        try bench.run()
        let effect = try #require(bench.effects.takeAll().first)
        bench.worker.mailbox.deliver(effect, .refused(code: "attempts_exhausted", detail: "3 tries"))
        try bench.run()
        #expect(bench.effects.takeAll().isEmpty)
        #expect(try DeadLetters.list(bench.reader, limit: 10).count == 1)
    }
}
