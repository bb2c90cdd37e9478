import Contracts
import Kernel
import Ports
import TestServers
import Testing
import Warehouse
import WarehouseService

@Suite(.onEveryStore) struct WarehouseAutoWorkerTests {
    let bench: WarehouseBench

    init() throws { bench = try WarehouseBench() }

    private func commands(_ autoWorker: AutoWorker) throws -> [WarehouseCommand] {
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        return try autoWorker.commands(connection, now: bench.clock.now)
    }

    @Test(arguments: [(999, false), (1000, true)]) func waitsItsTime(milliseconds: Int, works: Bool) throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 1)])
        bench.request(try bench.run())
        try bench.run()
        let autoWorker = AutoWorker(delays: .init(all: .seconds(1)))
        bench.clock.advance(.milliseconds(milliseconds))
        #expect(try commands(autoWorker).isEmpty == !works)
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        let due = try #require(try autoWorker.nextDue(connection))
        #expect((due <= bench.clock.now) == works)
    }

    @Test func leavesWorkThatSomebodyHasTaken() throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 1)])
        bench.request(try bench.run())
        try bench.run()
        let task = try #require(try bench.read { try $0.openTasks(.pick, limit: 1) }.first)
        _ = try bench.accepted(.work(WorkOnTask(taskID: task.id, worker: "Ada", action: .assign)))
        #expect(try commands(AutoWorker()).isEmpty)
        #expect(try bench.read { try $0.openTasks(.pick, status: .assigned, limit: 5) }.map(\.worker) == ["Ada"])
        #expect(try bench.read { try $0.openTasks(.pick, status: .ready, limit: 5) }.isEmpty)
    }

    @Test func bringsEveryOrderToTheDoorAndReturnsHome() throws {
        try bench.receive(1, 100)
        for number in 1...20 { bench.order(number, [(1, 2)]) }
        bench.request(try bench.run())
        try bench.finishWork(AutoWorker())
        #expect(try bench.stock(1).onHand == 60)
        let view = try #require(try bench.read { try $0.fulfillments(of: bench.id(7)).first })
        bench.log.add(
            .shipping(
                .shipmentReturned(
                    ShipmentReturned(
                        orderID: bench.id(7), fulfillmentID: view.fulfillment.id, shipmentID: bench.id(1),
                        occurredAt: bench.clock.now))))
        try bench.finishWork(AutoWorker())
        #expect(try bench.stock(1).onHand == 62 && bench.stock(1).available == 62)
        #expect(try bench.read { try $0.fulfillment(view.fulfillment.id)?.fulfillment.step } == .returned)
        #expect(try bench.read { try $0.openWork() } == [:])
        #expect(try bench.broken() == [])
    }

    @Test func shortPicksAreTheSameForTheSameSeed() throws {
        try bench.receive(1, 200)
        for number in 1...40 { bench.order(number, [(1, 3)]) }
        bench.request(try bench.run())
        try bench.run()
        let autoWorker = AutoWorker(faults: .init(shortPickFraction: 0.5, seed: 3))
        let once = try commands(autoWorker)
        #expect(try once == commands(autoWorker))
        for command in once { _ = try bench.accepted(command) }
        let short = bench.recorder.take().conversation.filter { $0 == "FulfillmentShort" }.count
        #expect((5...35).contains(short))
        try bench.finishWork(autoWorker)
        #expect(try bench.stock(1).allocated == 0)
        #expect(try bench.broken() == [])
    }

    @Test func theWorkListIsReadFromItsIndex() throws {
        // The plan as SQLite tells it.
        guard TestStore.current == .sqlite else { return }
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        let plan = try connection.rows(
            """
            EXPLAIN QUERY PLAN SELECT id FROM fulfillments
            WHERE step IN (2, 3, 5, 9, 10) AND step = $1 AND since <= $2 AND task_status <= 1 ORDER BY since, id
            """, [2, 0]
        ) { $0.text(3) }
        #expect(plan.contains { $0.contains("fulfillments_to_work_on (step=? AND since<?)") }, "\(plan)")
    }
}
