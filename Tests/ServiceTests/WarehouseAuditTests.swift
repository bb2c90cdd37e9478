import Contracts
import Kernel
import TestServers
import Testing
import Warehouse
import WarehouseService

/// The auditor is believed because it finds each kind of drift that is put in.
@Suite struct WarehouseAuditTests {
    struct Drift: Sendable, CustomTestStringConvertible {
        let what: String
        let sql: String
        /// The beginning of the name of a check that must find it.
        let foundBy: String
        var testDescription: String { what }
    }

    static let drifts: [Drift] = [
        Drift(what: "lost count", sql: "UPDATE stock SET on_hand = on_hand - 1", foundBy: "each stock counter"),
        Drift(what: "oversold", sql: "UPDATE stock SET allocated = on_hand + 1", foundBy: "no stock is promised"),
        Drift(what: "phantom hold", sql: "UPDATE stock SET held = held + 1", foundBy: "held stock belongs"),
        Drift(what: "phantom pick", sql: "UPDATE stock SET picked = picked + 1", foundBy: "allocated and picked"),
        Drift(what: "damage without entry", sql: "UPDATE stock SET damaged = 1", foundBy: "each stock counter"),
        Drift(what: "incoming without entry", sql: "UPDATE stock SET incoming = 1", foundBy: "each stock counter"),
        Drift(what: "lost entry", sql: "DELETE FROM ledger WHERE number = 2", foundBy: "no ledger entry"),
        Drift(what: "lost stock row", sql: "DELETE FROM stock", foundBy: "no ledger entry"),
        Drift(
            what: "entry of another kind", sql: "UPDATE ledger SET kind = 5 WHERE kind = 6", foundBy: "each reversal"),
        Drift(
            what: "reversal of nothing", sql: "UPDATE ledger SET reverses = 1 WHERE reverses IS NOT NULL",
            foundBy: "each reversal"),
        Drift(
            what: "lost allocation", sql: "DELETE FROM allocations WHERE product = 2", foundBy: "allocated and picked"),
        Drift(
            what: "grown allocation", sql: "UPDATE allocations SET quantity = quantity + 1",
            foundBy: "a fulfillment order has the units"),
        Drift(what: "hold that never ends", sql: "UPDATE holds SET status = 2", foundBy: "held stock belongs"),
        Drift(
            what: "stopped order that ships", sql: "UPDATE orders SET is_stopped = 1", foundBy: "stopped orders hold"),
        Drift(
            what: "packed without picking", sql: "UPDATE fulfillments SET step = 4, task_status = 0 WHERE step = 1",
            foundBy: "a fulfillment order has come"),
        Drift(
            what: "worker without name", sql: "UPDATE fulfillments SET task_status = 2 WHERE step = 3",
            foundBy: "a fulfillment order has come"),
        Drift(
            what: "parcel that is back and on the road",
            sql: """
                UPDATE fulfillments SET step = 6, task_status = 0, carrier = 'swift', came_back_early = 1
                WHERE step = 4
                """,
            foundBy: "a fulfillment order has come"),
        Drift(what: "lost parcel", sql: "DELETE FROM packages", foundBy: "a fulfillment order has come"),
    ]

    /// A floor on which everything has happened: reserved, cancelled, picking, packed, held, returned.
    private func busyBench() throws -> WarehouseBench {
        let bench = try WarehouseBench()
        try bench.receive(1, 50)
        try bench.receive(2, 50)
        for number in 1...3 { bench.order(number, [(1, 2), (2, 1)]) }
        bench.request(try bench.run())
        bench.order(4, [(2, 3)])
        bench.order(5, [(1, 3)])
        bench.log.add(
            .orders(
                .orderCancellationRequested(
                    OrderCancellationRequested(orderID: bench.id(5), reason: "customer", units: []))))
        try bench.run()
        let tasks = try bench.read { try $0.openTasks(.pick, limit: 10) }
        for task in tasks.prefix(2) {
            _ = try bench.accepted(.work(WorkOnTask(taskID: task.id, worker: "Ada", action: .complete)))
        }
        _ = try bench.accepted(
            .work(WorkOnTask(taskID: WorkTask.id(.pack, of: tasks[0].fulfillmentID), worker: "Ada", action: .complete)))
        _ = try bench.accepted(
            .placeHold(
                PlaceHold(cart: "c", lines: [.init(productID: bench.id(1), quantity: 1)], duration: .seconds(60))))
        let line = LineDemand(line: 1, productID: bench.id(3), quantity: 1)
        bench.log.add(
            .orders(
                .returnApproved(
                    ReturnApproved(
                        orderID: bench.id(6), returnID: bench.id(9), warehouseID: bench.sites[0], lines: [line]))))
        _ = try bench.accepted(.receiveReturn(ReceiveCustomerReturn(returnID: bench.id(9), worker: "Ada")))
        return bench
    }

    @Test(.onEveryStore) func aBusyFloorIsClean() throws {
        let bench = try busyBench()
        #expect(try bench.broken() == [])
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        #expect(try WarehouseAudit.audit(connection).allSatisfy { $0.figure > 0 })
    }

    /// Most of it is what the tables refuse: only SQLite can be told to let it pass.
    @Test(arguments: drifts) func finds(_ drift: Drift) throws {
        let bench = try busyBench()
        try bench.tamper(drift.sql)
        let found = try bench.broken()
        #expect(found.contains { $0.hasPrefix(drift.foundBy) }, "found \(found)")
    }
}
