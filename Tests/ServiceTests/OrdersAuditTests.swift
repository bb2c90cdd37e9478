import Kernel
import Orders
import OrdersService
import Ports
import TestServers
import Testing

/// Each kind of drift is put into the tables by hand and must be found.
@Suite(.onEveryStore) struct OrdersAuditTests {
    private typealias Bench = OrdersBench

    @Test(arguments: [
        ("every order has one process", "DELETE FROM process_instances"),
        ("every order has one process", "DELETE FROM orders"),
        ("an order has ended exactly when its process has", "UPDATE process_instances SET ended = 0"),
        ("an order has ended exactly when its process has", "UPDATE orders SET state = 3"),
        ("what is rejected or cancelled holds no stock and no money", "UPDATE orders SET state = 6"),
        (
            "authorized ≥ captured ≥ refunded, and a completed order has nothing open",
            "UPDATE orders SET captured = 1 WHERE authorized > 0"
        ),
        ("authorized ≥ captured ≥ refunded, and a completed order has nothing open", "UPDATE orders SET total = 1"),
        ("the lines add up to the total", "UPDATE order_lines SET allocated = allocated + 1"),
        ("captured and refunded are the sums over the fulfillments", "UPDATE fulfillments SET captured = captured - 1"),
        ("captured and refunded are the sums over the fulfillments", "UPDATE fulfillments SET refunded = 1"),
        ("captured is the value of the units handed over", "UPDATE fulfillments SET units = '1.0.1'"),
        ("every unit of a completed order was handed over or cancelled, once", "UPDATE orders SET goods_count = 3"),
        (
            "every unit of a completed order was handed over or cancelled, once",
            "UPDATE orders SET cancelled_units = '1.1.1'"
        ),
        ("an order's state is what its events say", "UPDATE orders SET state = 2"),
        ("an order's state is what its events say", "DELETE FROM events WHERE type = 'OrderCompleted'"),
        (
            "no payment step of an order or fulfillment succeeded twice",
            """
            INSERT INTO effects SELECT kind, subject, sequence + 4, entity, status, attempts, due_at, uncertain,
                withdrawal, request, result, decided_at, remove_at, partition FROM effects WHERE kind = 2
            """
        ),
    ])
    func driftIsFound(check: String, drift: String) throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        let id = try bench.reserve(order, [[UnitRange(line: 1, first: 0, count: 2)]])[0]
        try bench.pay(.authorizePayment)
        try bench.ship(order, id)
        _ = try bench.deliver(order, id)
        // Another one is under way.
        _ = try bench.place([Bench.goods("TEA", 1, 1000)])
        let audit = OrdersAudit(bench.processes)
        #expect(try audit.audit(bench.reader).filter { !$0.holds } == [])
        let writer = try bench.database.connect(.write)
        try writer.execute(drift)
        let failed = try audit.audit(bench.reader).filter { !$0.holds }
        #expect(failed.contains { $0.name == "orders: \(check)" }, "\(failed)")
    }

    @Test func aRunningProcessThatWaitsForNothingIsFound() throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        #expect(try bench.offenders() == [])
        let ended = try bench.place([Bench.goods("MUG", 2, 1000)])
        _ = try bench.answer(.cancelOrder(CancelOrder(orderID: ended, reason: "no")))
        try bench.stop(ended)
        try bench.expect(ended, .cancelled)
        // The bytes of a process that is over, under an order that is not.
        let writer = try bench.database.connect(.write)
        try writer.execute(
            """
            UPDATE process_instances SET state = (SELECT state FROM process_instances WHERE order_id = $2)
            WHERE order_id = $1
            """, [.id(order), .id(ended)])
        #expect(try bench.offenders() == ["\(order): waits for nothing"])
    }

    /// What the tables themselves refuse.
    @Test(arguments: [
        "UPDATE orders SET captured = authorized + 1", "UPDATE orders SET refunded = captured + 1",
        "UPDATE orders SET voided = 1", "UPDATE fulfillments SET refunded = captured + 1",
        "UPDATE order_lines SET quantity = 0",
    ])
    func theTablesRefuse(drift: String) throws {
        let bench = try OrdersBench()
        let order = try bench.place([Bench.goods("MUG", 2, 1000)])
        let id = try bench.reserve(order, [[UnitRange(line: 1, first: 0, count: 2)]])[0]
        try bench.pay(.authorizePayment)
        try bench.ship(order, id)
        let writer = try bench.database.connect(.write)
        do throws(Fault) {
            try writer.execute(drift)
            Issue.record("accepted: \(drift)")
        } catch {
            #expect(error.code == "constraint_violated")
        }
    }
}
