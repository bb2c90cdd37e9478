import Contracts
import Kernel
import TestServers
import Testing
import Warehouse
import WarehouseService

@Suite(.onEveryStore) struct WarehouseHoldServiceTests {
    let bench: WarehouseBench

    init() throws { bench = try WarehouseBench() }

    private func hold(_ quantity: Int, seconds: Int) throws -> Hold {
        let command = PlaceHold(
            cart: "cart 1", lines: [.init(productID: bench.id(1), quantity: quantity)], duration: .seconds(seconds))
        guard case .hold(let hold) = try bench.accepted(.placeHold(command)) else {
            throw WarehouseRejection.invalidHoldDuration
        }
        _ = bench.recorder.take()
        return hold
    }

    @Test func aTimerEndsAHold() throws {
        try bench.receive(1, 2)
        let hold = try hold(2, seconds: 60)
        #expect(try bench.stock(1).available == 0)
        #expect(try bench.worker.nextTimer() == hold.expiresAt)
        bench.clock.advance(.seconds(60))
        try bench.worker.step()
        #expect(bench.recorder.take().count == 1)
        #expect(try bench.stock(1).available == 2)
        #expect(try bench.read { try $0.hold(hold.id)?.status } == .expired)
        #expect(try bench.worker.nextTimer() == nil)
        #expect(try bench.broken() == [])
    }

    @Test func timeIsComparedEvenWhenNoTimerHasRun() throws {
        try bench.receive(1, 2)
        let hold = try hold(2, seconds: 60)
        let connection = try bench.database.connect(.write)
        try connection.execute("DELETE FROM timers")
        connection.close()
        bench.clock.advance(.seconds(60))
        #expect(try bench.read { try $0.available(bench.id(1), now: bench.clock.now) } == 2)
        bench.order(1, [(1, 2)])
        #expect(try bench.run().conversation == ["StockReserved"])
        #expect(try bench.read { try $0.hold(hold.id)?.status } == .expired)
        #expect(try bench.broken() == [])
    }

    @Test func theOrderOfTheCartTakesTheHoldOver() throws {
        try bench.receive(1, 2)
        let mine = try hold(2, seconds: 60)
        bench.order(1, [(1, 1)])
        bench.order(2, [(1, 2)], hold: mine.id)
        #expect(try bench.run().conversation == ["StockReservationRejected", "StockReserved"])
        #expect(try bench.read { try $0.hold(mine.id)?.orderID } == bench.id(2))
        #expect(try bench.worker.nextTimer() == nil)
        #expect(try bench.broken() == [])
    }

    @Test func releasedStockIsFreeAtOnce() throws {
        try bench.receive(1, 2)
        let mine = try hold(2, seconds: 60)
        _ = try bench.accepted(.releaseHold(mine.id, actor: "shop"))
        #expect(throws: WarehouseRejection.holdClosed(mine.id)) {
            try bench.accepted(.releaseHold(mine.id, actor: "shop"))
        }
        bench.order(1, [(1, 2)])
        #expect(try bench.run().conversation == ["StockReserved"])
        #expect(try bench.read { try $0.holds(limit: 10).map(\.status) } == [.released])
        #expect(try bench.broken() == [])
    }

    @Test func referencesAndComparisonsSurviveARestart() throws {
        try bench.receive(1, 5)
        let delta = AdjustStock(
            productID: bench.id(1), warehouseID: bench.sites[0], change: .delta(-1), reference: "count 1")
        _ = try bench.accepted(.adjustStock(delta))
        try bench.restart()
        _ = try bench.accepted(.adjustStock(delta))
        #expect(try bench.stock(1).onHand == 4)
        #expect(throws: WarehouseRejection.stockChanged(expected: 5, current: 4)) {
            try bench.accepted(
                .adjustStock(
                    AdjustStock(
                        productID: bench.id(1), warehouseID: bench.sites[0], change: .set(9, expected: 5),
                        reference: "count 2")))
        }
        let transfer = TransferStock(
            productID: bench.id(1), from: bench.sites[0], to: bench.sites[1], quantity: 3, reference: "move")
        _ = try bench.accepted(.transferStock(transfer))
        _ = try bench.accepted(.transferStock(transfer))
        #expect(try bench.read { try $0.stock(of: bench.id(1)).map(\.stock.onHand) } == [1, 3])
        #expect(try bench.broken() == [])
    }
}
