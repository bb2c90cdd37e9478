import Contracts
import Kernel
import Testing
import Warehouse

@Suite struct HoldTests {
    private func hold(_ floor: Floor, _ product: Int, _ quantity: Int, seconds: Int = 60) throws -> Hold {
        let hold = try floor.state.placeHold(
            PlaceHold(
                cart: "cart", lines: [.init(productID: floor.id(product), quantity: quantity)],
                duration: .seconds(seconds)), now: floor.now)
        floor.take()
        return hold
    }

    @Test func keepsStockFromOthersButNotFromItsOwnOrder() throws {
        let floor = try Floor()
        try floor.receive([1: 2])
        let mine = try hold(floor, 1, 2)
        #expect(floor.reserve(1, [(1, 1)]).names == ["StockReservationRejected"])
        #expect(floor.reserve(2, [(1, 2)], hold: mine.id).names == ["StockReserved"])
        #expect(floor.state.holds[mine.id]?.status == .converted)
        #expect(floor.state.holds[mine.id]?.orderID == floor.id(2))
        #expect(floor.stock(1).held == 0 && floor.stock(1).allocated == 2)
        #expect(floor.contradictions().isEmpty)
    }

    @Test func staysWhenItsOrderIsRejected() throws {
        let floor = try Floor()
        try floor.receive([1: 2])
        let mine = try hold(floor, 1, 1)
        #expect(floor.reserve(1, [(1, 3)], hold: mine.id).names == ["StockReservationRejected"])
        #expect(floor.state.holds[mine.id]?.status == .held)
        #expect(floor.stock(1).held == 1)
    }

    @Test(arguments: [(59, false), (60, true), (61, true)])
    func expiresAtItsTime(seconds: Int, isExpired: Bool) throws {
        let floor = try Floor()
        try floor.receive([1: 1])
        let mine = try hold(floor, 1, 1)
        floor.now = floor.now + .seconds(seconds)
        floor.state.expireHolds(now: floor.now)
        floor.take()
        #expect(floor.stock(1).available == (isExpired ? 1 : 0))
        #expect(floor.reserve(1, [(1, 1)]).names == [isExpired ? "StockReserved" : "StockReservationRejected"])
        if isExpired {
            #expect(throws: WarehouseRejection.holdExpired(mine.id)) {
                try floor.state.releaseHold(mine.id, by: nil, now: floor.now)
            }
        }
        #expect(floor.contradictions().isEmpty)
    }

    @Test func convertingAnExpiredHoldGivesNoAdvantage() throws {
        let floor = try Floor()
        try floor.receive([1: 1])
        let mine = try hold(floor, 1, 1)
        floor.now = floor.now + .seconds(60)
        floor.state.expireHolds(now: floor.now)
        #expect(floor.reserve(1, [(1, 1)]).names == ["StockReserved"])
        #expect(floor.reserve(2, [(1, 1)], hold: mine.id).names == ["StockReservationRejected"])
        #expect(floor.contradictions().isEmpty)
    }

    @Test func releasingFreesItOnce() throws {
        let floor = try Floor()
        try floor.receive([1: 1])
        let mine = try hold(floor, 1, 1)
        #expect(try floor.release(mine.id) == .released)
        floor.take()
        #expect(floor.stock(1).available == 1)
        #expect(floor.ledger.last?.reverses == mine.lines[0].entry)
        #expect(throws: WarehouseRejection.holdClosed(mine.id)) {
            try floor.state.releaseHold(mine.id, by: nil, now: floor.now)
        }
        #expect(throws: WarehouseRejection.unknownHold(floor.id(5))) {
            try floor.state.releaseHold(floor.id(5), by: nil, now: floor.now)
        }
    }

    @Test func refusals() throws {
        let floor = try Floor()
        try floor.receive([1: 1])
        func place(_ quantity: Int, _ seconds: Int) throws {
            _ = try floor.state.placeHold(
                PlaceHold(
                    cart: "c", lines: [.init(productID: floor.id(1), quantity: quantity)], duration: .seconds(seconds)),
                now: floor.now)
        }
        let short = StockShortage(productID: floor.id(1), requested: 2, available: 1)
        #expect(throws: WarehouseRejection.insufficientStock([short])) { try place(2, 60) }
        #expect(throws: WarehouseRejection.invalidQuantity(0)) { try place(0, 60) }
        #expect(throws: WarehouseRejection.invalidHoldDuration) { try place(1, 0) }
        #expect(throws: WarehouseRejection.invalidHoldDuration) { try place(1, 24 * 3600 + 1) }
        try place(1, 24 * 3600)
    }
}
