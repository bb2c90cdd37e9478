import Contracts
import Kernel
import Testing
import Warehouse

@Suite struct StockChangeTests {
    private func adjust(
        _ floor: Floor, _ change: AdjustStock.Change, _ counter: StockCounter = .onHand, reference: String = "r"
    ) throws -> Stock {
        try floor.state.adjust(
            AdjustStock(
                productID: floor.id(1), warehouseID: floor.sites[0], counter: counter, change: change,
                reference: reference), now: floor.now)
    }

    @Test func receivingALineOfADeliveryTwiceCountsOnce() throws {
        let floor = try Floor()
        let delivery = ReceiveStock(
            warehouseID: floor.sites[0], lines: [.init(productID: floor.id(1), quantity: 5)], reference: "note 7")
        _ = try floor.state.receive(delivery, now: floor.now)
        #expect(floor.take().names == ["StockReceived"])
        _ = try floor.state.receive(delivery, now: floor.now)
        #expect(floor.take().isEmpty)
        #expect(floor.stock(1).onHand == 5)
        let other = ReceiveStock(
            warehouseID: floor.sites[0], lines: [.init(productID: floor.id(1), quantity: 6)], reference: "note 7")
        #expect(throws: WarehouseRejection.referenceReused("note 7")) {
            try floor.state.receive(other, now: floor.now)
        }
    }

    @Test func aDeliveryWithOneUnknownProductChangesNothing() throws {
        let floor = try Floor()
        let delivery = ReceiveStock(
            warehouseID: floor.sites[0],
            lines: [.init(productID: floor.id(1), quantity: 5), .init(productID: floor.id(99), quantity: 5)],
            reference: "n")
        #expect(throws: WarehouseRejection.unknownProduct(floor.id(99))) {
            try floor.state.receive(delivery, now: floor.now)
        }
        #expect(floor.stock(1).onHand == 0)
    }

    @Test func settingComparesFirst() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        #expect(throws: WarehouseRejection.stockChanged(expected: 4, current: 5)) {
            try adjust(floor, .set(9, expected: 4))
        }
        #expect(try adjust(floor, .set(9, expected: 5)).onHand == 9)
        #expect(floor.take().names == ["StockAdjusted"])
        #expect(try adjust(floor, .set(9, expected: 9)).onHand == 9)
        #expect(floor.take().isEmpty)
    }

    @Test func aReferenceMakesADeltaTheSameAdjustment() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        #expect(try adjust(floor, .delta(-2)).onHand == 3)
        #expect(try adjust(floor, .delta(-2)).onHand == 3)
        #expect(throws: WarehouseRejection.referenceReused("r")) { try adjust(floor, .delta(-1)) }
        #expect(try adjust(floor, .delta(-1), reference: "s").onHand == 2)
    }

    @Test(arguments: [(-3, true), (-4, false)])
    func aCountCannotGoBelowWhatIsPromised(delta: Int, isPossible: Bool) throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        floor.reserve(1, [(1, 2)])
        if isPossible {
            #expect(try adjust(floor, .delta(delta)).available == 0)
        } else {
            let short = StockShortage(
                productID: floor.id(1), warehouseID: floor.sites[0], requested: -delta, available: 3)
            #expect(throws: WarehouseRejection.insufficientStock([short])) { try adjust(floor, .delta(delta)) }
        }
    }

    @Test func unavailableStockIsNotPromised() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        for (counter, reference) in [
            (StockCounter.damaged, "a"), (.qualityControl, "b"), (.quarantined, "c"), (.safety, "d"),
        ] {
            #expect(try adjust(floor, .delta(1), counter, reference: reference)[counter] == 1)
        }
        #expect(floor.stock(1).available == 1)
        #expect(floor.reserve(1, [(1, 2)]).names == ["StockReservationRejected"])
        #expect(throws: WarehouseRejection.invalidQuantity(-2)) {
            try adjust(floor, .delta(-2), .damaged, reference: "e")
        }
        _ = try adjust(floor, .delta(-1), .damaged, reference: "f")
        #expect(floor.stock(1).available == 2)
        floor.take()
        #expect(floor.contradictions().isEmpty)
    }

    @Test func announcedStockArrives() throws {
        let floor = try Floor()
        _ = try adjust(floor, .delta(5), .incoming)
        #expect(floor.stock(1).incoming == 5 && floor.stock(1).available == 0)
        floor.take()
        try floor.receive([1: 7])
        #expect(floor.stock(1).incoming == 0 && floor.stock(1).available == 7)
    }

    @Test func transferMovesWhatIsAvailable() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        floor.reserve(1, [(1, 2)])
        func transfer(_ quantity: Int, to site: Int = 1, reference: String = "t") throws -> [Int] {
            try floor.state.transfer(
                TransferStock(
                    productID: floor.id(1), from: floor.sites[0], to: floor.sites[site], quantity: quantity,
                    reference: reference), now: floor.now
            ).map(\.onHand)
        }
        let short = StockShortage(productID: floor.id(1), warehouseID: floor.sites[0], requested: 4, available: 3)
        #expect(throws: WarehouseRejection.insufficientStock([short])) { try transfer(4) }
        #expect(try transfer(3) == [2, 3])
        #expect(try transfer(3) == [2, 3])
        #expect(throws: WarehouseRejection.referenceReused("t")) { try transfer(1) }
        #expect(throws: WarehouseRejection.sameWarehouse) { try transfer(1, to: 0) }
        floor.take()
        #expect(floor.contradictions().isEmpty)
    }

    @Test func registeringTwiceIsTheSameWarehouse() throws {
        let floor = try Floor()
        let command = RegisterWarehouse(code: "NEW", name: "New", country: "FR", place: Floor.place(48, 2))
        let first = try floor.state.register(command, now: floor.now)
        let second = try floor.state.register(command, now: floor.now)
        #expect(second == first)
        #expect(throws: WarehouseRejection.warehouseCodeTaken("NEW")) {
            try floor.state.register(
                RegisterWarehouse(code: "NEW", name: "Other", country: "FR", place: Floor.place(48, 2)), now: floor.now)
        }
    }

    @Test func levelsAreStatedOncePerBatch() throws {
        let floor = try Floor()
        try floor.receive([1: 5])
        for order in 1...3 {
            floor.state.reserve(
                ReserveStock(
                    orderID: floor.id(order), request: 1,
                    lines: [LineDemand(line: 1, productID: floor.id(1), quantity: 1)], destination: Floor.berlin),
                now: floor.now)
        }
        let levels = floor.state.takeChanges().events.compactMap { event in
            if case .stockLevelChanged(let level) = event { level } else { nil }
        }
        #expect(
            levels == [
                StockLevelChanged(productID: floor.id(1), warehouseID: floor.sites[0], onHand: 5, available: 2)
            ])
    }
}
