import Contracts
import Kernel
import Ports
import Runtime
import TestServers
import Testing
import Warehouse
import WarehouseService

@Suite(.onEveryStore) struct WarehouseServiceTests {
    let bench: WarehouseBench

    init() throws { bench = try WarehouseBench() }

    @Test func anOrderFromReservationToHandover() throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 2)])
        let reserved = try bench.run()
        #expect(reserved.conversation == ["StockReserved"])
        bench.request(reserved)
        try bench.run()
        let id = try #require(try bench.read { try $0.fulfillments(of: bench.id(1)).first }).fulfillment.id
        func work(_ kind: WorkKind) throws {
            _ = try bench.accepted(
                .work(WorkOnTask(taskID: WorkTask.id(kind, of: id), worker: "Ada", action: .complete)))
        }
        try work(.pick)
        #expect(bench.recorder.take().conversation == ["FulfillmentPicked"])
        try work(.pack)
        bench.book(bench.recorder.take())
        try bench.run()
        _ = try bench.accepted(.handOver(HandOver(fulfillmentID: id, actor: "dock")))
        #expect(bench.recorder.take().conversation == ["FulfillmentHandedOver"])

        let view = try #require(try bench.read { try $0.fulfillment(id) })
        #expect(view.status == "closed" && view.carrier == "swift" && view.packageStatus == "handed_over")
        #expect(view.tasks.map(\.status) == [.done, .done] && view.tasks.map(\.worker) == ["Ada", "Ada"])
        #expect(view.packages.map(\.weightGrams) == [1000] && view.lines.map(\.sku) == ["SKU-1"])
        let ledger = try bench.read { try $0.ledger(StockKey(bench.id(1), bench.sites[0]), limit: 10) }
        #expect(ledger.map(\.kind) == [.ship, .pick, .allocate, .receive])
        #expect(try bench.stock(1).onHand == 3 && bench.stock(1).available == 3)
        #expect(try bench.broken() == [])
    }

    @Test func manyOrdersForFewPiecesInSeveralBatches() throws {
        try bench.receive(1, 7, at: 0)
        try bench.receive(1, 6, at: 2)
        var reserved = 0
        for batch in 0..<4 {
            for number in 1...50 { bench.order(batch * 50 + number, [(1, 1)]) }
            let events = try bench.run()
            reserved += events.conversation.filter { $0 == "StockReserved" }.count
            #expect(try bench.broken() == [])
        }
        #expect(reserved == 13)
        #expect(try bench.stock(1, 0).available == 0 && bench.stock(1, 2).available == 0)
    }

    @Test func theDatabaseRefusesToOversellByItself() throws {
        try bench.receive(1, 2)
        let connection = try bench.database.connect(.write)
        defer { connection.close() }
        for sql in [
            "UPDATE stock SET allocated = 3", "UPDATE stock SET held = 3", "UPDATE stock SET damaged = 3",
            "UPDATE stock SET on_hand = -1", "UPDATE stock SET picked = 1",
        ] {
            #expect(throws: Fault.self, "\(sql)") { try connection.execute(sql) }
        }
    }

    @Test func aBatchStatesEachLevelOnce() throws {
        try bench.receive(1, 100)
        for number in 1...40 { bench.order(number, [(1, 1)]) }
        try bench.worker.step()
        let levels = bench.recorder.take().compactMap { event in
            if case .stockLevelChanged(let level) = event { level } else { nil }
        }
        #expect(levels.map(\.available) == [60] && levels.map(\.onHand) == [100])
    }

    @Test func anElementThatIsRefusedDoesNotSpoilTheBatch() throws {
        try bench.receive(1, 5)
        for number in 1...3 { bench.order(number, [(1, 1)]) }
        bench.request(try bench.run())
        try bench.run()
        let tasks = try bench.read { try $0.openTasks(.pick, limit: 10) }
        #expect(tasks.map(\.status) == [.ready, .ready, .ready])
        let stranger = WorkTaskID(rawValue: 4000)
        let commands = [tasks[0].id, stranger, tasks[1].id, tasks[0].id].map {
            WorkOnTask(taskID: $0, worker: "belt", action: .complete)
        }
        guard case .tasks(let answers) = try bench.accepted(.workBatch(commands)) else {
            Issue.record("no answers")
            return
        }
        let codes = answers.map { answer in
            switch answer {
            case .success(let task): task.status.name
            case .failure(let rejection): rejection.code
            }
        }
        #expect(codes == ["done", "unknown_task", "done", "task_closed"])
        let handovers = [tasks[0].fulfillmentID, FulfillmentID(rawValue: 4000)].map {
            HandOver(fulfillmentID: $0, actor: "dock")
        }
        guard case .handedOverEach(let receipts) = try bench.accepted(.handOverBatch(handovers)) else {
            Issue.record("no receipts")
            return
        }
        #expect(
            receipts == [
                .failure(.notPacked(tasks[0].fulfillmentID)),
                .failure(.unknownFulfillment(FulfillmentID(rawValue: 4000))),
            ])
        #expect(try bench.broken() == [])
    }

    @Test func cancellationInTheBatchOfTheOrder() throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 2)])
        bench.log.add(
            .orders(
                .orderCancellationRequested(
                    OrderCancellationRequested(orderID: bench.id(1), reason: "customer", units: []))))
        bench.log.add(.orders(.stockReleaseRequested(StockReleaseRequested(orderID: bench.id(1)))))
        bench.log.add(
            .orders(
                .stockReservationRequested(
                    StockReservationRequested(
                        orderID: bench.id(1), request: 2,
                        lines: [LineDemand(line: 1, productID: bench.id(1), quantity: 1)],
                        destination: WarehouseBench.berlin))))
        #expect(
            try bench.run().conversation == [
                "StockReserved", "FulfillmentCancelled", "OrderStopped", "StockReleased", "StockReservationRejected",
            ])
        #expect(try bench.stock(1).available == 5)
        #expect(try bench.broken() == [])
    }

    @Test func goodsOfACancelledOrderGoBackAcrossARestart() throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 2)])
        bench.request(try bench.run())
        try bench.run()
        let id = try #require(try bench.read { try $0.fulfillments(of: bench.id(1)).first }).fulfillment.id
        _ = try bench.accepted(
            .work(WorkOnTask(taskID: WorkTask.id(.pick, of: id), worker: "Ada", action: .complete)))
        bench.log.add(
            .orders(
                .orderCancellationRequested(
                    OrderCancellationRequested(orderID: bench.id(1), reason: "customer", units: []))))
        bench.log.add(.orders(.stockReleaseRequested(StockReleaseRequested(orderID: bench.id(1)))))
        _ = bench.recorder.take()
        #expect(try bench.run().conversation == ["FulfillmentCancelled", "OrderStopped"])
        #expect(try bench.broken() == [])
        try bench.restart()
        let tasks = try bench.read { try $0.openTasks(.putBack, limit: 10) }
        #expect(tasks.map(\.fulfillmentID) == [id])
        _ = try bench.accepted(.work(WorkOnTask(taskID: tasks[0].id, worker: "Ada", action: .complete)))
        #expect(bench.recorder.take().conversation == ["FulfillmentPutBack", "StockReleased"])
        #expect(try bench.stock(1).available == 5 && bench.stock(1).picked == 0)
        #expect(try bench.broken() == [])
    }

    @Test func anOrderWithoutGoodsIsNoBusinessOfOurs() throws {
        bench.order(1, [])
        #expect(try bench.run().isEmpty)
        bench.log.add(
            .orders(
                .orderCancellationRequested(
                    OrderCancellationRequested(orderID: bench.id(1), reason: "customer", units: []))))
        #expect(try bench.run().conversation == ["OrderStopped"])
    }

    @Test func nonsenseIsParkedAndTheRestFlows() throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 0)])
        bench.order(2, [(1, 1)])
        bench.log.add(
            .orders(
                .orderCancellationRequested(
                    OrderCancellationRequested(
                        orderID: bench.id(4), reason: "?",
                        units: [UnitRange(line: 1, first: .max, count: .max)]))))
        bench.log.add(
            .orders(
                .fulfillmentRequested(FulfillmentRequested(orderID: bench.id(3), fulfillmentID: bench.id(4000)))))
        #expect(try bench.run().conversation == ["StockReserved"])
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        #expect(try DeadLetters.list(connection, limit: 10).map(\.key).sorted() == [1, 3, 4])
    }

    @Test func identifiersGoOnAfterARestart() throws {
        try bench.receive(1, 5)
        bench.order(1, [(1, 1)])
        try bench.run()
        try bench.restart()
        bench.order(2, [(1, 1)])
        try bench.run()
        let first = try #require(try bench.read { try $0.fulfillments(of: bench.id(1)).first }).fulfillment.id
        let second = try #require(try bench.read { try $0.fulfillments(of: bench.id(2)).first }).fulfillment.id
        #expect(second > first)
    }

    @Test func realWorldSizesWork() throws {
        try bench.receive(1, 50_000, at: 0)
        try bench.receive(1, 30_000, at: 1)
        try bench.receive(2, 5000, at: 1)
        bench.order(1, [(1, 74_215)])
        bench.order(2, (0..<1114).map { _ in (2, 2) })
        let reserved = try bench.run()
        #expect(reserved.conversation == ["StockReserved", "StockReserved"])
        bench.request(reserved)
        try bench.finishWork(AutoWorker())
        #expect(try bench.stock(1, 0).onHand == 0 && bench.stock(1, 1).onHand == 80_000 - 74_215)
        #expect(try bench.stock(2, 1).onHand == 5000 - 2228)
        #expect(try bench.broken() == [])
    }
}

extension WarehouseBench {
    /// Lets the auto-worker and a carrier do what there is to do.
    func finishWork(_ autoWorker: AutoWorker) throws {
        let connection = try database.connect(.read)
        defer { connection.close() }
        for _ in 0..<100 {
            let events = try run()
            book(events)
            let commands = try autoWorker.commands(connection, now: clock.now)
            for command in commands { _ = try accepted(command) }
            book(recorder.take())
            if try commands.isEmpty && worker.step() == 0 { return }
        }
        throw Fault("never_finished", retryable: false, "the floor still has work after 100 rounds")
    }
}
