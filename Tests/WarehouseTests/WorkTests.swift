import Contracts
import Kernel
import Testing
import Warehouse

@Suite struct WorkTests {
    /// One order of 3 × product 1 and 2 × product 2, at a step.
    private func floor(at step: FulfillmentStep) throws -> (Floor, FulfillmentID) {
        let floor = try Floor()
        try floor.receive([1: 10, 2: 10])
        floor.reserve(1, [(1, 3), (2, 2)])
        try floor.bring(1, to: step)
        return (floor, floor.fulfillments(1)[0].id)
    }

    @Test func theWayToTheDoor() throws {
        let (floor, id) = try floor(at: .reserved)
        #expect(floor.request(id))
        #expect(floor.state.fulfillments[id]?.task?.status == .ready)
        #expect(try floor.work(.pick, id, .assign).status == .assigned)
        #expect(try floor.work(.pick, id, .start).status == .inProgress)
        #expect(try floor.work(.pick, id).status == .done)
        #expect(floor.take().names == ["FulfillmentPicked"])
        #expect(floor.stock(1).picked == 3 && floor.stock(1).allocated == 3 && floor.stock(1).onHand == 10)
        try floor.work(.pack, id)
        guard case .fulfillmentPacked(let packed)? = floor.take().first else {
            Issue.record("not packed")
            return
        }
        #expect(packed.packages.map(\.weightGrams) == [5000])
        #expect(packed.packages.allSatisfy { SSCC($0.sscc) != nil && $0.sscc.hasPrefix("04012345") })
        #expect(floor.label(id))
        _ = try floor.state.handOver(HandOver(fulfillmentID: id, actor: "dock"), now: floor.now)
        #expect(
            floor.take() == [
                .fulfillmentHandedOver(
                    FulfillmentHandedOver(
                        orderID: floor.id(1), fulfillmentID: id,
                        units: [UnitRange(line: 1, first: 0, count: 3), UnitRange(line: 2, first: 0, count: 2)],
                        occurredAt: floor.now))
            ])
        #expect(floor.stock(1) == Stock(key: floor.key(1, 0), onHand: 7, entries: floor.stock(1).entries))
        #expect(floor.contradictions().isEmpty)
    }

    struct Attempt: Sendable {
        let step: FulfillmentStep
        let kind: WorkKind
        /// `nil` when it is possible.
        let refusal: String?
    }

    static let attempts: [Attempt] = [
        Attempt(step: .reserved, kind: .pick, refusal: "task_not_ready"),
        Attempt(step: .reserved, kind: .pack, refusal: "task_not_ready"),
        Attempt(step: .picking, kind: .pick, refusal: nil),
        Attempt(step: .picking, kind: .pack, refusal: "task_not_ready"),
        Attempt(step: .packing, kind: .pick, refusal: "task_closed"),
        Attempt(step: .packing, kind: .pack, refusal: nil),
        Attempt(step: .packed, kind: .pack, refusal: "task_closed"),
        Attempt(step: .labelled, kind: .putBack, refusal: "unknown_task"),
        Attempt(step: .handedOver, kind: .receive, refusal: "task_not_ready"),
        Attempt(step: .returning, kind: .receive, refusal: nil),
        Attempt(step: .returned, kind: .receive, refusal: "task_closed"),
    ]

    @Test(arguments: attempts) func completing(_ attempt: Attempt) throws {
        let (floor, id) = try floor(at: attempt.step)
        do {
            #expect(try floor.work(attempt.kind, id).status == .done)
            #expect(attempt.refusal == nil)
        } catch let rejection as WarehouseRejection {
            #expect(rejection.code == attempt.refusal)
        }
        floor.take()
        #expect(floor.contradictions().isEmpty)
    }

    @Test(arguments: [
        (FulfillmentStep.reserved, "not_packed" as String?), (.picking, "not_packed"), (.packing, "not_packed"),
        (.packed, "not_labelled"), (.labelled, nil), (.handedOver, "already_handed_over"),
        (.returning, "already_handed_over"), (.returned, "already_handed_over"),
    ]) func handingOver(step: FulfillmentStep, refusal: String?) throws {
        let (floor, id) = try floor(at: step)
        do {
            _ = try floor.state.handOver(HandOver(fulfillmentID: id, actor: "dock"), now: floor.now)
            #expect(refusal == nil)
        } catch {
            #expect(error.code == refusal)
        }
    }

    @Test func aStartedTaskIsNotGivenAway() throws {
        let (floor, id) = try floor(at: .picking)
        try floor.work(.pick, id, .start)
        #expect(throws: WarehouseRejection.actionNotPossible(WorkTask.id(.pick, of: id))) {
            try floor.work(.pick, id, .assign)
        }
        #expect(throws: WarehouseRejection.unknownTask(WorkTask.id(.pick, of: floor.id(4000)))) {
            try floor.work(.pick, floor.id(4000))
        }
        #expect(throws: WarehouseRejection.actionNotPossible(WorkTask.id(.pick, of: id))) {
            try floor.work(.pick, id, .receive(scrapped: []))
        }
    }

    @Test func aShortPickTakesTheMissingUnitsOffTheBooks() throws {
        let (floor, id) = try floor(at: .picking)
        let short = WorkOnTask.Action.completeShort(reason: "shelf empty", found: [LineQuantity(line: 1, quantity: 1)])
        #expect(try floor.work(.pick, id, short).status == .short)
        #expect(
            floor.take() == [
                .fulfillmentShort(
                    FulfillmentShort(
                        orderID: floor.id(1), fulfillmentID: id, warehouseID: floor.sites[0], reason: "shelf empty",
                        missing: [LineDemand(line: 1, productID: floor.id(1), first: 1, quantity: 2)], remaining: 3))
            ])
        #expect(floor.stock(1).onHand == 8 && floor.stock(1).allocated == 1 && floor.stock(1).picked == 1)
        #expect(floor.stock(1).available == 7)
        #expect(floor.state.fulfillments[id]?.step == .packing)
        #expect(floor.contradictions().isEmpty)
        try floor.work(.pack, id)
        #expect(floor.take().names == ["FulfillmentPacked"])
    }

    @Test func nothingFoundClosesTheFulfillment() throws {
        let (floor, id) = try floor(at: .picking)
        let none = [LineQuantity(line: 1, quantity: 0), LineQuantity(line: 2, quantity: 0)]
        try floor.work(.pick, id, .completeShort(reason: "flood", found: none))
        guard case .fulfillmentShort(let short)? = floor.take().first else {
            Issue.record("not short")
            return
        }
        #expect(short.remaining == 0 && short.missing.count == 2)
        #expect(floor.state.fulfillments[id]?.step.status == "incomplete")
        #expect(floor.stock(1).onHand == 7 && floor.stock(1).allocated == 0)
        #expect(floor.contradictions().isEmpty)
        #expect(floor.cancel(id))
        #expect(floor.take().names == ["FulfillmentPutBack"])
    }

    @Test func aShortReportMustMakeSense() throws {
        let (floor, id) = try floor(at: .picking)
        func report(_ found: [LineQuantity]) throws {
            try floor.work(.pick, id, .completeShort(reason: "?", found: found))
        }
        #expect(throws: WarehouseRejection.nothingMissing(WorkTask.id(.pick, of: id))) {
            try report([LineQuantity(line: 1, quantity: 3)])
        }
        #expect(throws: WarehouseRejection.nothingMissing(WorkTask.id(.pick, of: id))) { try report([]) }
        #expect(throws: WarehouseRejection.invalidQuantity(4)) { try report([LineQuantity(line: 1, quantity: 4)]) }
        #expect(throws: WarehouseRejection.invalidQuantity(-1)) { try report([LineQuantity(line: 1, quantity: -1)]) }
        #expect(throws: WarehouseRejection.invalidQuantity(0)) { try report([LineQuantity(line: 7, quantity: 0)]) }
        #expect(throws: WarehouseRejection.invalidQuantity(1)) {
            try report([LineQuantity(line: 1, quantity: 1), LineQuantity(line: 1, quantity: 1)])
        }
        #expect(floor.stock(1).onHand == 10)
    }

    @Test func aReturnIsRestockedOrScrapped() throws {
        let (floor, id) = try floor(at: .returning)
        #expect(throws: WarehouseRejection.invalidQuantity(4)) {
            try floor.work(.receive, id, .receive(scrapped: [LineQuantity(line: 1, quantity: 4)]))
        }
        try floor.work(.receive, id, .receive(scrapped: [LineQuantity(line: 1, quantity: 1)]))
        #expect(
            floor.take() == [
                .returnRestocked(
                    ReturnRestocked(
                        orderID: floor.id(1), fulfillmentID: id,
                        units: [UnitRange(line: 1, first: 0, count: 3), UnitRange(line: 2, first: 0, count: 2)]))
            ])
        #expect(floor.stock(1).onHand == 9 && floor.stock(1).available == 9 && floor.stock(2).available == 10)
        #expect(floor.ledger.suffix(5).map(\.kind) == [.returnReceive, .scrap, .restock, .returnReceive, .restock])
        #expect(floor.contradictions().isEmpty)
    }

    /// A carrier's reports come by another way than the word that it took the parcels, and may be faster.
    @Test func parcelsThatAreBackBeforeTheirHandoverIsNotedAreReceivedAfterIt() throws {
        let (floor, id) = try floor(at: .labelled)
        for _ in 0..<2 { #expect(floor.announceReturn(id)) }
        #expect(floor.state.fulfillments[id]?.step == .labelled)
        #expect(throws: WarehouseRejection.unknownTask(WorkTask.id(.receive, of: id))) { try floor.work(.receive, id) }
        _ = try floor.state.handOver(HandOver(fulfillmentID: id, actor: "dock"), now: floor.now)
        #expect(floor.state.fulfillments[id]?.step == .returning)
        try floor.work(.receive, id)
        let told = floor.take().compactMap { event in
            switch event {
            case .fulfillmentHandedOver: "handed over"
            case .returnRestocked: "restocked"
            default: nil
            }
        }
        #expect(told == ["handed over", "restocked"])
        #expect(floor.stock(1).available == 10 && floor.contradictions().isEmpty)
    }

    @Test func parcelsThatAreBackAndWereStoppedArePutBack() throws {
        let (floor, id) = try floor(at: .labelled)
        #expect(floor.announceReturn(id))
        #expect(floor.cancel(id))
        #expect(floor.announceReturn(id))
        #expect(floor.state.fulfillments[id]?.step == .puttingBack)
    }

    @Test func aVoidedLabelKeepsParcelsInTheHouse() throws {
        let (floor, id) = try floor(at: .labelled)
        #expect(floor.voidLabel(id))
        #expect(throws: WarehouseRejection.notLabelled(id)) {
            try floor.state.handOver(HandOver(fulfillmentID: id, actor: "dock"), now: floor.now)
        }
    }

    @Test(arguments: [(29, 1), (30, 1), (31, 2), (61, 3), (5000, 50)])
    func parcelsAreNotTooHeavy(units: Int, parcels: Int) throws {
        let floor = try Floor()
        try floor.receive([1: 5000])
        floor.reserve(1, [(1, units)])
        try floor.bring(1, to: .packing)
        try floor.work(.pack, floor.fulfillments(1)[0].id)
        guard case .fulfillmentPacked(let packed)? = floor.take().first else {
            Issue.record("not packed")
            return
        }
        #expect(packed.packages.count == parcels)
        #expect(packed.packages.reduce(0) { $0 + $1.weightGrams } == units * 1000)
        #expect(Set(packed.packages.map(\.sscc)).count == parcels)
    }
}
