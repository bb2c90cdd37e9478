import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import TestServers
import Testing

/// Paths through the saga as talks with Warehouse, Shipping and the payment provider. Each runs once smoothly, and once
/// with every event twice and a restart before each.
@Suite(.onEveryStore) struct OrdersSagaTests {
    private typealias Bench = OrdersBench
    private let twoMugs = [UnitRange(line: 1, first: 0, count: 2)]

    /// Two mugs of 10.00 each, reserved in one warehouse, paid and being worked on.
    private func working(_ bench: OrdersBench) throws -> (OrderID, FulfillmentID) {
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        let id = try bench.reserve(order, [twoMugs])[0]
        try bench.pay(.authorizePayment)
        return (order, id)
    }

    @Test(arguments: [false, true]) func anOrderIsDelivered(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let order = try bench.place([Bench.goods("MUG", 2, 1000), Bench.charge("postage", 499)])
        #expect(try bench.state(order) == .placed)
        let id = try bench.reserve(order, [twoMugs])[0]
        #expect(try bench.state(order) == .placed)
        #expect(try bench.pay(.authorizePayment) == ["PaymentAuthorized", "OrderConfirmed", "FulfillmentRequested"])
        #expect(try bench.pack(order, id) == ["ShipmentRequested"])
        #expect(try bench.book(order, id) == [])
        #expect(try bench.handOver(order, id, twoMugs) == [])
        #expect(try bench.pay(.capturePayment) == ["PaymentCaptured"])
        #expect(try bench.deliver(order, id) == ["OrderCompleted"])
        try bench.expect(order, .completed)
        let view = try bench.view(order).order
        #expect(view.payment.captured == 2499)
        #expect(view.paymentStatus == .captured)
        #expect(view.fulfillmentStatus == .fulfilled)
        #expect(view.allowedActions == [.requestReturn])
        #expect(bench.count("OrderCompleted") == 1)
        #expect(bench.count("FulfillmentRequested") == 1)
    }

    @Test(arguments: [false, true]) func soldOutIsRejectedAndSaysWhatThereIs(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        let shortage = LineShortage(line: 1, productID: ProductID(rawValue: 1), requested: 2, available: 1)
        let said = try bench.say(
            .stockReservationRejected(StockReservationRejected(orderID: order, request: 1, lines: [shortage])))
        #expect(said == ["OrderRejected"])
        try bench.expect(order, .rejected)
        #expect(try bench.view(order).order.shortages == [shortage])
        #expect(try bench.view(order).order.endReason == "out_of_stock")
        #expect(!bench.effects.waiting.contains(.authorizePayment))
    }

    @Test(arguments: [false, true]) func aDeclinedPaymentReleasesTheStock(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        _ = try bench.reserve(order, [twoMugs])
        #expect(try bench.refuse(.authorizePayment, "card_declined") == ["PaymentDeclined", "StockReleaseRequested"])
        try bench.answerUndoing()
        try bench.expect(order, .rejected)
        #expect(try bench.view(order).order.endReason == "payment_declined")
        #expect(try bench.view(order).order.paymentStatus == .declined)
    }

    @Test func aPaymentThatTakesTooLongIsGivenUpAndALateOneVoided() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        _ = try bench.reserve(order, [twoMugs])
        let authorization = try #require(bench.effects.take(.authorizePayment).first)
        bench.clock.advance(.seconds(24 * 3600 - 1))
        #expect(try bench.run() == [])
        bench.clock.advance(.seconds(1))
        #expect(try bench.run() == ["StockReleaseRequested"])
        try bench.answerUndoing()
        try bench.expect(order, .rejected)
        #expect(try bench.view(order).order.endReason == "payment_timeout")

        bench.worker.mailbox.deliver(authorization, .done(.payment(id: "late")))
        #expect(try bench.run() == ["PaymentAuthorized"])
        #expect(try bench.view(order).order.payment.open == 2000)
        #expect(try bench.pay(.voidPayment) == ["PaymentVoided"])
        #expect(try bench.view(order).order.paymentStatus == .voided)
        try bench.expect(order, .rejected)
    }

    @Test func aWithdrawnAuthorizationNeverComes() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        _ = try bench.reserve(order, [twoMugs])
        let authorization = try #require(bench.effects.take(.authorizePayment).first)
        bench.clock.advance(.seconds(24 * 3600))
        try bench.run()
        bench.worker.mailbox.deliver(authorization, .failed(reason: "down", retryAt: bench.clock.now))
        try bench.run()
        #expect(bench.effects.take(.authorizePayment).isEmpty)
        try bench.answerUndoing()
        try bench.expect(order, .rejected)
    }

    /// The happy path stopped after each of its steps: before the handover everything is undone, after it nothing is.
    @Test(arguments: 0...6, [false, true]) func cancelAtEveryStep(step: Int, rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        var id = FulfillmentID(rawValue: 0)
        if step >= 1 { id = try bench.reserve(order, [twoMugs])[0] }
        if step >= 2 { try bench.pay(.authorizePayment) }
        if step >= 3 { _ = try bench.pack(order, id) }
        if step >= 4 { _ = try bench.book(order, id) }
        if step >= 5 { _ = try bench.handOver(order, id, twoMugs) }
        if step >= 6 {
            try bench.pay(.capturePayment)
            _ = try bench.deliver(order, id)
        }
        let command = OrdersCommand.cancelOrder(CancelOrder(orderID: order, reason: "changed my mind"))
        if step >= 5 {
            #expect(try bench.rejection(command) == "already_handed_over")
            return
        }
        guard case .accepted(.order(let receipt)) = try bench.answer(command) else {
            Issue.record("not accepted at step \(step)")
            return
        }
        #expect(receipt.cancellation == .pending)
        #expect(try bench.rejection(command) == "cancellation_pending")
        try bench.stop(order)
        try bench.answerUndoing()
        try bench.expect(order, .cancelled)
        let view = try bench.view(order).order
        #expect(view.cancellation.status == .accepted)
        #expect(view.payment.voided == (step >= 2 ? 2000 : 0))
        #expect(view.payment.captured == 0)
        #expect(bench.count("OrderCancelled") == 1)
        #expect(bench.count("StockReleaseRequested") == (step >= 1 ? 1 : 0))
        #expect(bench.count("FulfillmentCancellationRequested") == (step >= 3 ? 1 : 0))
        #expect(bench.count("ShipmentCancellationRequested") == (step >= 3 ? 1 : 0))
        #expect(try bench.rejection(command) == "already_cancelled")
    }

    @Test(arguments: [false, true]) func aCancellationThatComesTooLateIsRefused(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        _ = try bench.pack(order, id)
        _ = try bench.book(order, id)
        _ = try bench.answer(.cancelOrder(CancelOrder(orderID: order, reason: "late")))
        _ = try bench.handOver(order, id, twoMugs)
        _ = try bench.say(
            .cancellationRefused(CancellationRefused(orderID: order, reason: "already_handed_over", units: [])))
        #expect(try bench.view(order).order.cancellation.status == .refused)
        try bench.pay(.capturePayment)
        _ = try bench.deliver(order, id)
        try bench.expect(order, .completed)
    }

    @Test(arguments: [false, true]) func aShortPickIsSourcedElsewhere(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        let missing = LineDemand(line: 1, productID: ProductID(rawValue: 1), first: 1, quantity: 1)
        let said = try bench.say(
            .fulfillmentShort(
                FulfillmentShort(
                    orderID: order, fulfillmentID: id, warehouseID: WarehouseID(rawValue: 1), reason: "not_found",
                    missing: [missing], remaining: 1)))
        #expect(said == ["StockReservationRequested"])
        guard case .stockReservationRequested(let asked) = bench.history.last else { return }
        #expect(asked.request == 2)
        #expect(asked.excludedWarehouseID == WarehouseID(rawValue: 1))
        #expect(asked.lines.map(\.units) == [missing.units])
        let rest = try bench.reserve(order, request: 2, [[missing.units]])[0]
        #expect(try bench.view(order).order.fulfillments.map(\.value) == [1000, 1000])
        for id in [id, rest] { try bench.ship(order, id) }
        _ = try bench.deliver(order, rest)
        #expect(try bench.state(order) == .fulfilling)
        _ = try bench.deliver(order, id)
        try bench.expect(order, .completed)
        #expect(try bench.view(order).order.payment.captured == 2000)
        #expect(bench.count("UnitsCancelled") == 0)
    }

    @Test(arguments: [false, true]) func aShortPickThatNobodyCanMakeUpForIsCancelled(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        let missing = LineDemand(line: 1, productID: ProductID(rawValue: 1), first: 1, quantity: 1)
        _ = try bench.say(
            .fulfillmentShort(
                FulfillmentShort(
                    orderID: order, fulfillmentID: id, warehouseID: WarehouseID(rawValue: 1), reason: "not_found",
                    missing: [missing], remaining: 1)))
        let said = try bench.say(
            .stockReservationRejected(StockReservationRejected(orderID: order, request: 2, lines: [])))
        #expect(said == ["UnitsCancelled"])
        try bench.ship(order, id)
        _ = try bench.deliver(order, id)
        #expect(try bench.state(order) == .fulfilling)
        #expect(try bench.pay(.voidPayment) == ["PaymentVoided", "OrderCompleted"])
        try bench.expect(order, .completed)
        let view = try bench.view(order).order
        #expect(view.payment.captured == 1000)
        #expect(view.payment.voided == 1000)
        #expect(view.cancelledUnits == [missing.units])
        #expect(view.fulfillmentStatus == .fulfilled)
    }

    @Test(arguments: [false, true]) func nothingFoundAtAllCancelsTheOrder(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        let missing = LineDemand(line: 1, productID: ProductID(rawValue: 1), quantity: 2)
        _ = try bench.say(
            .fulfillmentShort(
                FulfillmentShort(
                    orderID: order, fulfillmentID: id, warehouseID: WarehouseID(rawValue: 1), reason: "not_found",
                    missing: [missing], remaining: 0)))
        #expect(try bench.view(order).order.fulfillments[0].status == .incomplete)
        _ = try bench.say(
            .stockReservationRejected(StockReservationRejected(orderID: order, request: 2, lines: [])))
        try bench.answerUndoing()
        try bench.expect(order, .cancelled)
        #expect(try bench.view(order).order.endReason == "nothing_to_ship")
    }

    @Test(arguments: [false, true]) func noCarrierTakesIt(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        _ = try bench.pack(order, id)
        let said = try bench.say(
            .shipmentBookingFailed(
                ShipmentBookingFailed(orderID: order, fulfillmentID: id, reason: "nobody goes there")))
        #expect(said == ["FulfillmentCancellationRequested"])
        // Warehouse says so twice: that the work has stopped, and that all is back on the shelf.
        _ = try bench.say(
            .fulfillmentCancelled(FulfillmentCancelled(orderID: order, fulfillmentID: id, reason: "not_shipped")))
        try bench.answerUndoing()
        #expect(bench.count("UnitsCancelled") == 1)
        try bench.expect(order, .cancelled)
    }

    @Test(arguments: [false, true]) func aFailedDeliveryComesBackAndIsRefunded(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        try bench.ship(order, id)
        for attempt in 1...3 {
            _ = try bench.say(
                .deliveryAttemptFailed(
                    DeliveryAttemptFailed(
                        orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue),
                        attempt: attempt, reason: "nobody home", occurredAt: bench.clock.now)))
        }
        #expect(try bench.comeBack(order, id) == [])
        #expect(try bench.state(order) == .fulfilling)
        #expect(try bench.view(order).order.returnStatus == .inTransit)
        let said = try bench.say(
            .returnRestocked(ReturnRestocked(orderID: order, fulfillmentID: id, units: twoMugs)))
        #expect(said == [])
        #expect(try bench.view(order).order.returnStatus == .received)
        #expect(try bench.pay(.refundPayment) == ["PaymentRefunded", "OrderCompleted"])
        try bench.expect(order, .completed)
        #expect(try bench.view(order).order.paymentStatus == .refunded)
        #expect(try bench.view(order).order.returnStatus == .refunded)
    }

    @Test(arguments: [false, true]) func aLostParcelIsRefunded(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        try bench.ship(order, id)
        _ = try bench.say(
            .shipmentLost(
                ShipmentLost(
                    orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue),
                    occurredAt: bench.clock.now)))
        #expect(try bench.pay(.refundPayment) == ["PaymentRefunded", "OrderCompleted"])
        try bench.expect(order, .completed)
    }

    @Test(arguments: [false, true]) func aParcelThatComesBackAfterItsDeliveryIsRefundedToo(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        try bench.ship(order, id)
        _ = try bench.deliver(order, id)
        try bench.expect(order, .completed)
        _ = try bench.comeBack(order, id)
        _ = try bench.say(.returnRestocked(ReturnRestocked(orderID: order, fulfillmentID: id, units: twoMugs)))
        #expect(try bench.pay(.refundPayment) == ["PaymentRefunded"])
        try bench.expect(order, .completed)
        #expect(try bench.view(order).order.paymentStatus == .refunded)
    }

    /// Two topics race: the carrier's scans may be known before the capture has ended, even before the booking is.
    @Test(arguments: [false, true]) func whatComesEarlyIsToldLater(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, id) = try working(bench)
        _ = try bench.pack(order, id)
        #expect(try bench.handOver(order, id, twoMugs) == [])
        #expect(!bench.effects.waiting.contains(.capturePayment))
        _ = try bench.book(order, id)
        #expect(bench.effects.waiting.contains(.capturePayment))
        #expect(try bench.deliver(order, id) == [])
        #expect(try bench.pay(.capturePayment) == ["PaymentCaptured", "OrderCompleted"])
        try bench.expect(order, .completed)
    }

    @Test(arguments: [false, true]) func chargesAloneArePaidAtOnce(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let order = try bench.place([Bench.charge("gift card", 2500), Bench.charge("fee", 100)])
        #expect(try bench.pay(.authorizePayment) == ["PaymentAuthorized", "OrderConfirmed"])
        #expect(try bench.pay(.capturePayment) == ["PaymentCaptured", "OrderCompleted"])
        try bench.expect(order, .completed)
        #expect(try bench.view(order).order.payment.captured == 2600)
        #expect(try bench.rejection(.cancelOrder(CancelOrder(orderID: order, reason: "no"))) == "order_closed")
    }

    @Test func chargesAloneAreCancelledWithoutTheWarehouse() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.charge("gift card", 2500)])
        let authorization = try #require(bench.effects.take(.authorizePayment).first)
        _ = try bench.answer(.cancelOrder(CancelOrder(orderID: order, reason: "no")))
        try bench.expect(order, .cancelled)
        #expect(bench.count("OrderCancellationRequested") == 0)
        bench.worker.mailbox.deliver(authorization, .done(.payment(id: "late")))
        try bench.run()
        try bench.pay(.voidPayment)
        try bench.expect(order, .cancelled)
    }

    @Test func nothingToPayNeedsNoProvider() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 1, 0)])
        let unit = [UnitRange(line: 1, first: 0, count: 1)]
        let id = try bench.reserve(order, [unit])[0]
        #expect(try bench.state(order) == .fulfilling)
        _ = try bench.pack(order, id)
        _ = try bench.book(order, id)
        _ = try bench.handOver(order, id, unit)
        #expect(try bench.deliver(order, id) == ["OrderCompleted"])
        try bench.expect(order, .completed)
        #expect(try bench.view(order).order.paymentStatus == .none)
    }

    @Test(arguments: [false, true]) func cancelledUnitsAreNeverCaptured(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let order = try bench.place([Bench.goods("MUG", 3, 1000), Bench.goods("TEA", 1, 500)])
        let mugs = [UnitRange(line: 1, first: 0, count: 3)]
        let tea = [UnitRange(line: 2, first: 0, count: 1)]
        let ids = try bench.reserve(order, [mugs, tea])
        try bench.pay(.authorizePayment)
        let command = CancelUnits(
            orderID: order, lines: [CancelUnits.Line(line: 1, quantity: 1), CancelUnits.Line(line: 2)],
            reason: "too many")
        _ = try bench.answer(.cancelUnits(command))
        let last = UnitRange(line: 1, first: 2, count: 1)
        #expect(try bench.view(order).order.cancellation.units == [last] + tea)
        _ = try bench.say(
            .fulfillmentReduced(
                FulfillmentReduced(
                    orderID: order, fulfillmentID: ids[0], units: [last], remaining: 2, reason: "too many")))
        _ = try bench.say(
            .fulfillmentCancelled(FulfillmentCancelled(orderID: order, fulfillmentID: ids[1], reason: "too many")))
        #expect(try bench.view(order).order.cancellation.status == .accepted)
        #expect(bench.count("UnitsCancelled") == 2)
        try bench.ship(order, ids[0])
        _ = try bench.deliver(order, ids[0])
        try bench.pay(.voidPayment)
        try bench.expect(order, .completed)
        let view = try bench.view(order).order
        #expect(view.payment.captured == 2000)
        #expect(view.payment.voided == 1500)
    }

    @Test func unitsCannotBeCancelledBeforeTheyAreReservedOrOncePicked() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        let command = OrdersCommand.cancelUnits(
            CancelUnits(orderID: order, lines: [CancelUnits.Line(line: 1, quantity: 1)], reason: "no"))
        #expect(try bench.rejection(command) == "not_reserved_yet")
        let id = try bench.reserve(order, [twoMugs])[0]
        try bench.pay(.authorizePayment)
        _ = try bench.say(.fulfillmentPicked(FulfillmentPicked(orderID: order, fulfillmentID: id)))
        #expect(try bench.rejection(command) == "units_not_cancellable")
    }

    @Test func allUnitsCancelledWhilePayingCancelsTheOrder() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        let id = try bench.reserve(order, [twoMugs])[0]
        _ = try bench.answer(
            .cancelUnits(CancelUnits(orderID: order, lines: [CancelUnits.Line(line: 1)], reason: "no")))
        _ = try bench.say(
            .fulfillmentCancelled(FulfillmentCancelled(orderID: order, fulfillmentID: id, reason: "no")))
        try bench.pay(.authorizePayment)
        #expect(bench.count("FulfillmentRequested") == 0)
        try bench.answerUndoing()
        try bench.expect(order, .cancelled)
    }

    @Test func aLateOrderIsFlaggedOnceAndGoesOn() throws {
        let bench = try OrdersBench()
        let (order, id) = try working(bench)
        bench.clock.advance(.seconds(48 * 3600 - 1))
        #expect(try bench.run() == [])
        bench.clock.advance(.seconds(1))
        #expect(try bench.run() == ["OrderJeopardyRaised"])
        #expect(try bench.view(order).order.isInJeopardy)
        bench.clock.advance(.seconds(100 * 3600))
        #expect(try bench.run() == [])
        try bench.ship(order, id)
        _ = try bench.deliver(order, id)
        try bench.expect(order, .completed)
    }

    @Test func aRefusedCaptureIsAnIncidentThatCanBeResolved() throws {
        let bench = try OrdersBench()
        let (order, id) = try working(bench)
        _ = try bench.pack(order, id)
        _ = try bench.book(order, id)
        _ = try bench.handOver(order, id, twoMugs)
        try bench.refuse(.capturePayment, "expired")
        let incident = try #require(try bench.processes.incidents(limit: 10, bench.reader).first)
        #expect(incident.orderID == order)
        #expect(incident.incident.elementID == "capture-payment")
        _ = try bench.deliver(order, id)
        #expect(try bench.state(order) == .fulfilling)
        _ = try bench.answer(
            .resolveIncident(ResolveIncident(orderID: order, incident: incident.incident.key)))
        #expect(try bench.pay(.capturePayment) == ["PaymentCaptured", "OrderCompleted"])
        #expect(try bench.processes.incidents(limit: 10, bench.reader) == [])
        try bench.expect(order, .completed)
    }
}
