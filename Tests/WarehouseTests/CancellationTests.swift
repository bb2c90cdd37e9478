import Contracts
import Kernel
import Testing
import Warehouse

@Suite struct CancellationTests {
    struct Expectation: Sendable {
        let step: FulfillmentStep
        /// Of cancelling the whole order.
        let whole: [String]
        let stepAfterWhole: FulfillmentStep
        /// Of cancelling one of its five units.
        let unit: [String]
    }

    static let matrix: [Expectation] = [
        Expectation(
            step: .reserved, whole: ["FulfillmentCancelled", "OrderStopped"], stepAfterWhole: .cancelled,
            unit: ["FulfillmentReduced"]),
        Expectation(
            step: .picking, whole: ["FulfillmentCancelled", "OrderStopped"], stepAfterWhole: .cancelled,
            unit: ["FulfillmentReduced"]),
        Expectation(
            step: .packing, whole: ["FulfillmentCancelled", "OrderStopped"], stepAfterWhole: .puttingBack,
            unit: ["CancellationRefused"]),
        Expectation(
            step: .packed, whole: ["FulfillmentCancelled", "OrderStopped"], stepAfterWhole: .puttingBack,
            unit: ["CancellationRefused"]),
        Expectation(
            step: .labelled, whole: ["FulfillmentCancelled", "OrderStopped"], stepAfterWhole: .puttingBack,
            unit: ["CancellationRefused"]),
        Expectation(
            step: .handedOver, whole: ["CancellationRefused"], stepAfterWhole: .handedOver,
            unit: ["CancellationRefused"]),
        Expectation(
            step: .returning, whole: ["CancellationRefused"], stepAfterWhole: .returning,
            unit: ["CancellationRefused"]),
        Expectation(
            step: .returned, whole: ["CancellationRefused"], stepAfterWhole: .returned,
            unit: ["CancellationRefused"]),
    ]

    private func floor(at step: FulfillmentStep) throws -> Floor {
        let floor = try Floor()
        try floor.receive([1: 10])
        floor.reserve(1, [(1, 5)])
        try floor.bring(1, to: step)
        return floor
    }

    @Test(arguments: matrix) func ofTheWholeOrder(_ expected: Expectation) throws {
        let floor = try floor(at: expected.step)
        floor.state.stopOrder(floor.id(1), reason: "customer", now: floor.now)
        #expect(floor.take().names == expected.whole)
        #expect(floor.fulfillments(1).map(\.step) == [expected.stepAfterWhole])
        #expect(floor.stock(1).allocated == (expected.stepAfterWhole == .puttingBack ? 5 : 0))
        #expect(floor.contradictions().isEmpty)
    }

    @Test(arguments: matrix) func ofOneFulfillmentByAPerson(_ expected: Expectation) throws {
        let floor = try floor(at: expected.step)
        let id = try #require(floor.fulfillments(1).first?.id)
        let command = StopFulfillment(fulfillmentID: id, reason: "label voided")
        if expected.step.isHandedOver {
            #expect(throws: WarehouseRejection.alreadyHandedOver(id)) {
                _ = try floor.state.stopFulfillment(command, now: floor.now)
            }
            #expect(floor.take().names == [])
        } else {
            #expect(try floor.state.stopFulfillment(command, now: floor.now).orderID == floor.id(1))
            #expect(floor.take().names == ["FulfillmentCancelled"])
            #expect(throws: WarehouseRejection.fulfillmentClosed(id)) {
                _ = try floor.state.stopFulfillment(command, now: floor.now)
            }
        }
        #expect(floor.fulfillments(1).map(\.step) == [expected.stepAfterWhole])
        #expect(floor.contradictions().isEmpty)
    }

    @Test(arguments: matrix) func ofOneUnit(_ expected: Expectation) throws {
        let floor = try floor(at: expected.step)
        floor.state.cancelUnits(
            [UnitRange(line: 1, first: 2, count: 1)], of: floor.id(1), reason: "customer", now: floor.now)
        #expect(floor.take().names == expected.unit)
        if expected.unit == ["FulfillmentReduced"] {
            #expect(floor.stock(1).allocated == 4)
            #expect(
                floor.fulfillments(1)[0].lines.map(\.units) == [
                    UnitRange(line: 1, first: 0, count: 2), UnitRange(line: 1, first: 3, count: 2),
                ])
            #expect(floor.fulfillments(1)[0].step == expected.step)
        }
        #expect(floor.contradictions().isEmpty)
    }

    @Test(arguments: matrix) func compensationOfOneFulfillment(_ expected: Expectation) throws {
        let floor = try floor(at: expected.step)
        let id = floor.fulfillments(1)[0].id
        #expect(floor.cancel(id))
        switch expected.stepAfterWhole {
        case .cancelled: #expect(floor.take().names == ["FulfillmentPutBack"])
        case .puttingBack:
            #expect(floor.take().isEmpty)
            try floor.work(.putBack, id)
            #expect(floor.take().names == ["FulfillmentPutBack"])
            #expect(floor.cancel(id))
            #expect(floor.take().names == ["FulfillmentPutBack"])
        default: #expect(floor.take().isEmpty)
        }
        if expected.step.isBeforeHandover { #expect(floor.stock(1).available == 10) }
        #expect(floor.contradictions().isEmpty)
    }

    @Test func releaseWaitsForGoodsOnTheirWayBack() throws {
        let floor = try floor(at: .packed)
        floor.state.stopOrder(floor.id(1), reason: "customer", now: floor.now)
        floor.take()
        floor.state.releaseReservation(of: floor.id(1), now: floor.now)
        #expect(floor.take().isEmpty)
        try floor.work(.putBack, floor.fulfillments(1)[0].id)
        #expect(floor.take().names == ["FulfillmentPutBack", "StockReleased"])
        #expect(floor.ledger.suffix(2).map(\.kind) == [.unpick, .deallocate])
        #expect(floor.ledger.suffix(2).allSatisfy { $0.reverses != nil })
        #expect(floor.contradictions().isEmpty)
    }

    @Test func releaseKeepsWhatWasHandedOver() throws {
        let floor = try Floor()
        try floor.receive([1: 3], at: 0)
        try floor.receive([1: 3], at: 1)
        floor.reserve(1, [(1, 6)])
        try floor.bring(1, to: .labelled)
        _ = try floor.state.handOver(
            HandOver(fulfillmentID: floor.fulfillments(1)[0].id, actor: "dock"), now: floor.now)
        floor.take()
        floor.state.stopOrder(floor.id(1), reason: "too late", now: floor.now)
        #expect(floor.take().names == ["CancellationRefused"])
        floor.state.releaseReservation(of: floor.id(1), now: floor.now)
        #expect(floor.take().isEmpty)
        try floor.work(.putBack, floor.fulfillments(1)[1].id)
        #expect(floor.take().names == ["FulfillmentPutBack", "StockReleased"])
        #expect(floor.fulfillments(1).map(\.step) == [.handedOver, .cancelled])
        #expect(floor.stock(1, 1).available == 3)
    }

    @Test func anUnknownOrderIsReleasedAndStoppedAtOnce() throws {
        let floor = try Floor()
        floor.state.releaseReservation(of: floor.id(8), now: floor.now)
        #expect(floor.take().names == ["StockReleased"])
        floor.state.stopOrder(floor.id(9), reason: "customer", now: floor.now)
        #expect(floor.take().names == ["OrderStopped"])
        floor.state.stopOrder(floor.id(9), reason: "customer", now: floor.now)
        #expect(floor.take().names == ["OrderStopped"])
    }

    @Test func unitsInSeveralWarehousesGoTogetherOrNotAtAll() throws {
        let floor = try Floor()
        try floor.receive([1: 3], at: 0)
        try floor.receive([1: 3], at: 1)
        floor.reserve(1, [(1, 6)])
        let units = [UnitRange(line: 1, first: 0, count: 4)]
        let late = try floor.copy()
        let second = late.fulfillments(1)[1].id
        #expect(late.request(second))
        try late.work(.pick, second)
        late.take()
        late.state.cancelUnits(units, of: late.id(1), reason: "customer", now: late.now)
        #expect(late.take().names == ["CancellationRefused"])
        #expect(late.stock(1).allocated == 3)

        floor.state.cancelUnits(units, of: floor.id(1), reason: "customer", now: floor.now)
        #expect(floor.take().names == ["FulfillmentCancelled", "FulfillmentReduced"])
        #expect(floor.stock(1, 0).allocated == 0 && floor.stock(1, 1).allocated == 2)
        #expect(floor.contradictions().isEmpty)
    }

    @Test(arguments: [
        [UnitRange(line: 1, first: 4, count: 2)], [UnitRange(line: 2, first: 0, count: 1)],
        [UnitRange(line: 1, first: 0, count: 2), UnitRange(line: 1, first: 1, count: 2)],
    ]) func unitsThatAreNotThereAreRefused(_ units: [UnitRange]) throws {
        let floor = try floor(at: .reserved)
        floor.state.cancelUnits(units, of: floor.id(1), reason: "customer", now: floor.now)
        #expect(floor.take().names == ["CancellationRefused"])
        #expect(floor.stock(1).allocated == 5)
    }
}
