import Contracts
import Kernel
import Testing
import Warehouse

@Suite struct ReserveStockTests {
    @Test func allLinesOrNone() throws {
        let floor = try Floor()
        try floor.receive([1: 5, 2: 1])
        let events = floor.reserve(1, [(1, 2), (2, 2)])
        let shortage = LineShortage(line: 2, productID: ProductID(rawValue: 2), requested: 2, available: 1)
        #expect(
            events == [
                .stockReservationRejected(
                    StockReservationRejected(orderID: OrderID(rawValue: 1), request: 1, lines: [shortage]))
            ])
        #expect(floor.stock(1).allocated == 0)
        #expect(floor.reserve(2, [(1, 2), (2, 1)]).names == ["StockReserved"])
        #expect(floor.contradictions().isEmpty)
    }

    @Test(arguments: [(4, true), (5, true), (6, false)])
    func lastPieceGoesOnce(quantity: Int, isReserved: Bool) throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        #expect(floor.reserve(1, [(1, quantity)]).names == [isReserved ? "StockReserved" : "StockReservationRejected"])
        #expect(floor.stock(1).available == (isReserved ? 5 - quantity : 5))
    }

    @Test func linesOfOneProductAreCheckedTogether() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        guard case .stockReservationRejected(let rejected)? = floor.reserve(1, [(1, 3), (1, 3)]).first else {
            Issue.record("3 + 3 of 5 were reserved")
            return
        }
        #expect(
            rejected.lines == [
                LineShortage(line: 2, productID: ProductID(rawValue: 1), requested: 3, available: 2)
            ])
        #expect(floor.stock(1).allocated == 0)
    }

    @Test func unknownProductHasNothingAvailable() throws {
        let floor = try Floor()
        guard case .stockReservationRejected(let rejected)? = floor.reserve(1, [(99, 1)]).first else {
            Issue.record("a product that was never stocked was reserved")
            return
        }
        #expect(rejected.lines.map(\.available) == [0])
    }

    @Test func requestIsAnsweredOnce() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        #expect(floor.reserve(1, [(1, 1)]).count == 1)
        #expect(floor.reserve(1, [(1, 1)]).isEmpty)
        #expect(floor.reserve(1, [(1, 1)], request: 2).names == ["StockReserved"])
        #expect(floor.stock(1).allocated == 2)
    }

    @Test func excludedWarehouseGivesNothing() throws {
        let floor = try Floor()
        try floor.receive([1: 5], at: 0)
        try floor.receive([1: 5], at: 2)
        _ = floor.reserve(1, [(1, 1)], request: 2, excluding: 0)
        #expect(floor.fulfillments(1).map(\.warehouseID) == [floor.sites[2]])
        #expect(floor.reserve(2, [(1, 6)], request: 2, excluding: 0).names == ["StockReservationRejected"])
    }

    @Test func stoppedOrderGetsNothingAnyMore() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        floor.state.stopOrder(floor.id(1), reason: "customer", now: floor.now)
        #expect(floor.take().names == ["OrderStopped"])
        #expect(
            floor.reserve(1, [(1, 1)]) == [
                .stockReservationRejected(StockReservationRejected(orderID: floor.id(1), request: 1, lines: []))
            ])
        #expect(floor.stock(1).allocated == 0)
    }

    @Test func manyOrdersNeverGetMoreThanThereIs() throws {
        let floor = try Floor()
        try floor.receive([1: 7], at: 0)
        try floor.receive([1: 6], at: 1)
        var reserved = 0
        for order in 1...100 where floor.reserve(order, [(1, 1 + order % 3)]).names == ["StockReserved"] {
            reserved += 1 + order % 3
            #expect(floor.contradictions().isEmpty)
        }
        #expect(reserved == 13)
    }

    @Test func realWorldSizesWork() throws {
        let floor = try Floor()
        try floor.receive([1: 50_000], at: 0)
        try floor.receive([1: 30_000, 2: 2000], at: 1)
        #expect(floor.reserve(1, [(1, 74_215)]).names == ["StockReserved"])
        #expect(
            floor.fulfillments(1).map(\.lines[0].units) == [
                UnitRange(line: 1, first: 0, count: 50_000), UnitRange(line: 1, first: 50_000, count: 24_215),
            ])
        #expect(floor.reserve(2, (0..<1114).map { _ in (2, 1) }).names == ["StockReserved"])
        try floor.bring(1, to: .handedOver)
        try floor.bring(2, to: .handedOver)
        #expect(floor.contradictions().isEmpty)
    }
}
