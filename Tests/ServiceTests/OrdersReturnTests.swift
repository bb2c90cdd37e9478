import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import TestServers
import Testing

/// Customers' returns in the service of Orders: money, repetition, restarts.
@Suite(.onEveryStore) struct OrdersReturnTests {
    private typealias Bench = OrdersBench
    static let day = Duration.seconds(24 * 3600)

    private func delivered(_ bench: OrdersBench) throws -> (order: OrderID, fulfillment: FulfillmentID) {
        let order = try bench.place([Bench.goods("MUG", 3, 1000), Bench.charge("Shipping", 100)])
        let id = try bench.reserve(order, [[UnitRange(line: 1, first: 0, count: 3)]])[0]
        try bench.pay(.authorizePayment)
        try bench.ship(order, id)
        _ = try bench.deliver(order, id)
        try bench.expect(order, .completed)
        return (order, id)
    }

    private func request(_ bench: OrdersBench, _ order: OrderID, _ quantity: Int) throws -> OrderReturn {
        let command = RequestReturn(
            orderID: order, lines: [RequestReturn.Line(line: 1, quantity: quantity)], reason: "too big")
        guard case .accepted(.customerReturn(let view)) = try bench.answer(.requestReturn(command)) else {
            throw Fault("bench", retryable: false, "not accepted")
        }
        return view.customerReturn
    }

    private func received(
        _ order: OrderID, _ customerReturn: OrderReturn, _ disposition: ReturnDisposition = .restock
    ) -> WarehouseEvent {
        .returnReceived(
            ReturnReceived(
                orderID: order, returnID: customerReturn.id, warehouseID: WarehouseID(rawValue: 1),
                units: customerReturn.units.map {
                    InspectedUnits(
                        units: $0, disposition: disposition, settlement: disposition.isHere ? .refund : .none)
                }))
    }

    @Test(arguments: [false, true]) func aReturnIsRefundedByItsUnits(rough: Bool) throws {
        let bench = try OrdersBench(rough: rough)
        let (order, _) = try delivered(bench)
        let two = try request(bench, order, 2)
        #expect(two.status == .approved)
        #expect(bench.count("ReturnRequested") == 1 && bench.count("ReturnApproved") == 1)
        _ = try bench.say(received(order, two))
        if rough { try bench.restart() }
        #expect(try bench.view(order).order.returns.map(\.status) == [.inspected])
        #expect(try bench.view(order).order.returnStatus == .received)
        if !rough {
            try bench.pay(.refundPayment)
            let view = try bench.view(order).order
            #expect(view.returns[0].status == .closed)
            // Three mugs carry 31.00: two of them 20.67.
            #expect(view.payment.refunded == view.returns[0].refunded)
            #expect(view.payment.refunded == 2067)
            #expect(view.returnStatus == .partiallyRefunded)
            let last = try request(bench, order, 1)
            _ = try bench.say(received(order, last))
            try bench.pay(.refundPayment)
            #expect(try bench.view(order).order.paymentStatus == .refunded)
            #expect(bench.count("PaymentRefunded") == 2 && bench.count("ReturnClosed") == 2)
        }
        try bench.expect(order, .completed)
    }

    @Test func whatDidNotComeIsNotRefunded() throws {
        let bench = try OrdersBench()
        let (order, _) = try delivered(bench)
        let customerReturn = try request(bench, order, 1)
        #expect(try bench.say(received(order, customerReturn, .missing)) == ["ReturnClosed"])
        #expect(!bench.effects.waiting.contains(.refundPayment))
        #expect(try bench.view(order).order.payment.refunded == 0)
        try bench.expect(order, .completed)
    }

    @Test func aRefusedRefundIsAskedForAgain() throws {
        let bench = try OrdersBench()
        let (order, _) = try delivered(bench)
        let customerReturn = try request(bench, order, 1)
        #expect(try bench.rejection(.retryReturnRefund(customerReturn.id)) == "no_refund_refused")
        _ = try bench.say(received(order, customerReturn))
        #expect(try bench.rejection(.retryReturnRefund(customerReturn.id)) == "no_refund_refused")
        _ = try bench.refuse(.refundPayment, "account_closed")
        let refused = try #require(try bench.view(order).order.returns.first)
        #expect(refused.refundRefusal.hasPrefix("account_closed"))
        #expect(refused.allowedActions == ["retry_refund"])
        try bench.expect(order, .completed)
        _ = try bench.answer(.retryReturnRefund(customerReturn.id))
        try bench.pay(.refundPayment)
        #expect(try bench.view(order).order.returns.first?.status == .closed)
        #expect(try bench.rejection(.retryReturnRefund(ReturnID(rawValue: 1))) == "return_not_found")
        try bench.expect(order, .completed)
    }

    @Test func aLateWishWaitsForSomebodyWhoDecides() throws {
        let bench = try OrdersBench()
        let (order, _) = try delivered(bench)
        bench.clock.advance(Self.day * 31)
        let asked = try request(bench, order, 3)
        #expect(asked.status == .requested)
        let decline = DecideReturn(returnID: asked.id, decision: .decline(reason: "too late"))
        guard case .accepted(.customerReturn(let declined)) = try bench.answer(.decideReturn(decline)) else {
            Issue.record("not declined")
            return
        }
        #expect(declined.customerReturn.declineReason == "too late")
        #expect(
            try bench.rejection(.decideReturn(DecideReturn(returnID: asked.id, decision: .approve)))
                == "return_already_decided")
        #expect(
            try bench.rejection(.decideReturn(DecideReturn(returnID: ReturnID(rawValue: 1), decision: .approve)))
                == "return_not_found")
        let again = try request(bench, order, 3)
        _ = try bench.answer(.decideReturn(DecideReturn(returnID: again.id, decision: .approve)))
        #expect(bench.count("ReturnApproved") == 1)
        try bench.expect(order, .completed)
    }

    /// The carrier corrects itself after the customer sent a part back.
    @Test func aParcelThatComesBackLaterIsRefundedWithoutWhatWasReturned() throws {
        let bench = try OrdersBench()
        let (order, id) = try delivered(bench)
        let customerReturn = try request(bench, order, 1)
        _ = try bench.say(received(order, customerReturn))
        try bench.pay(.refundPayment)
        _ = try bench.comeBack(order, id)
        let rest = [UnitRange(line: 1, first: 1, count: 2)]
        _ = try bench.say(.returnRestocked(ReturnRestocked(orderID: order, fulfillmentID: id, units: rest)))
        try bench.pay(.refundPayment)
        let view = try bench.view(order).order
        #expect(view.payment.refunded == view.payment.captured)
        try bench.expect(order, .completed)
    }

    @Test(arguments: [
        (
            "refunded for a return is the value of its units that were received",
            "UPDATE returns SET refunded = refunded + 1"
        ),
        (
            "refunded for a return is the value of its units that were received",
            "UPDATE fulfillments SET refunded = refunded - 1"
        ),
        (
            "refunded for a return is the value of its units that were received",
            "UPDATE returns SET inspected = '1.0.1:5:0'"
        ),
        ("no unit is returned twice, or without having been handed over", "UPDATE returns SET units = '1.2.2'"),
        ("no unit is returned twice, or without having been handed over", "UPDATE returns SET inspected = '1.1.1:1:1'"),
        (
            "no unit is returned twice, or without having been handed over",
            """
            INSERT INTO returns SELECT id + 1, order_id, units, reason, requested_at, 2, warehouse_id, decline_reason, '',
                0, 0, '', updated_at FROM returns
            """
        ),
        (
            "no payment step of an order or fulfillment succeeded twice",
            """
            INSERT INTO effects SELECT kind, subject, sequence + 4, entity, status, attempts, due_at, uncertain,
                withdrawal, request, result, decided_at, remove_at, partition FROM effects WHERE kind = 4
            """
        ),
    ])
    func driftIsFound(check: String, drift: String) throws {
        let bench = try OrdersBench()
        let (order, _) = try delivered(bench)
        _ = try bench.say(received(order, try request(bench, order, 1)))
        try bench.pay(.refundPayment)
        try bench.expect(order, .completed)
        try bench.database.connect(.write).execute(drift)
        let failed = try OrdersAudit(bench.processes).audit(bench.reader).filter { !$0.holds }
        #expect(failed.contains { $0.name == "orders: \(check)" }, "\(failed)")
    }
}
