import Contracts
import Kernel
import Testing
import Warehouse

/// Whatever is asked in whatever order, the books stay right.
@Suite struct RandomWorkTests {
    @Test func booksStayRightAfterEveryStep() throws {
        var seen: Set<LedgerKind> = []
        var steps: Set<FulfillmentStep> = []
        for seed in UInt64(1)...30 {
            let floor = try walk(seed)
            seen.formUnion(floor.ledger.map(\.kind))
            steps.formUnion(floor.state.fulfillments.values.map(\.step))
        }
        #expect(seen == Set(LedgerKind.allCases), "the walks saw too little")
        #expect(steps == Set(FulfillmentStep.allCases), "the walks saw too little")
    }

    private func walk(_ seed: UInt64) throws -> Floor {
        var chance = SeededGenerator(seed: seed)
        let floor = try Floor()
        for site in 0..<3 { try floor.receive([1: 20, 2: 8, 3: 3], at: site) }
        var orders = 0
        for step in 0..<400 {
            floor.now = floor.now + .seconds(Int.random(in: 0...20, using: &chance))
            floor.state.expireHolds(now: floor.now)
            do {
                try act(floor, &orders, &chance)
            } catch is WarehouseRejection {
                // The business may say no; what matters is that the books are right then too.
            }
            floor.take()
            let wrong = floor.contradictions()
            #expect(wrong.isEmpty, "seed \(seed), step \(step)")
            if !wrong.isEmpty { break }
        }
        return floor
    }

    @Test func theSameSeedMakesTheSameLedger() throws {
        #expect(try walk(7).ledger == walk(7).ledger)
    }

    private func act(_ floor: Floor, _ orders: inout Int, _ chance: inout SeededGenerator) throws {
        func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }
        let order = orders == 0 ? 1 : random(max(1, orders - 6)...orders)
        switch random(0...40) {
        case 0...3:
            orders += 1
            let lines = (0...random(0...3)).map { _ in (random(1...4), random(1...4)) }
            let hold = floor.state.holds.keys.sorted().last
            floor.reserve(orders, lines, hold: random(0...1) == 0 ? hold : nil)
        case 4:
            floor.reserve(order, [(random(1...3), random(1...5))], request: random(1...4), excluding: random(0...2))
        case 5:
            _ = try floor.state.placeHold(
                PlaceHold(
                    cart: "c",
                    lines: (0...random(0...2)).map { _ in
                        .init(productID: floor.id(random(1...3)), quantity: random(1...3))
                    },
                    duration: .seconds(random(1...60))), now: floor.now)
        case 6:
            if let hold = floor.state.holds.keys.sorted().randomElement(using: &chance) {
                _ = try floor.state.releaseHold(hold, by: "shop", now: floor.now)
            }
        case 7: floor.state.stopOrder(floor.id(order), reason: "customer", now: floor.now)
        case 8:
            floor.state.cancelUnits(
                [UnitRange(line: random(1...2), first: random(0...2), count: random(1...3))], of: floor.id(order),
                reason: "customer", now: floor.now)
        case 9: floor.state.releaseReservation(of: floor.id(order), now: floor.now)
        case 10: try changeStock(floor, random(0...3), product: random(1...3), site: random(0...2), random(-4...6))
        default: try work(floor, floor.fulfillments(order), random(0...11), random(0...2))
        }
    }

    private func changeStock(_ floor: Floor, _ way: Int, product: Int, site: Int, _ quantity: Int) throws {
        let reference = "ref \(floor.ledger.count)"
        switch way {
        case 0: try floor.receive([product: quantity], at: site)
        case 1:
            _ = try floor.state.transfer(
                TransferStock(
                    productID: floor.id(product), from: floor.sites[site], to: floor.sites[(site + 1) % 3],
                    quantity: quantity, reference: reference), now: floor.now)
        default:
            let counters = StockCounter.allCases
            _ = try floor.state.adjust(
                AdjustStock(
                    productID: floor.id(product), warehouseID: floor.sites[site],
                    counter: counters[(quantity + 4 + way) % counters.count], change: .delta(quantity),
                    reference: reference), now: floor.now)
        }
    }

    private func work(_ floor: Floor, _ fulfillments: [Fulfillment], _ what: Int, _ found: Int) throws {
        guard let fulfillment = fulfillments.last(where: { $0.id.rawValue / 4 % 2 == 0 }) ?? fulfillments.first else {
            return
        }
        let id = fulfillment.id
        switch (what, fulfillment.step) {
        case (0, _): _ = floor.state.cancelFulfillment(id, reason: "compensation", now: floor.now)
        case (1, .picking):
            try floor.work(.pick, id, .completeShort(reason: "?", found: [LineQuantity(line: 1, quantity: found)]))
        case (2, _): _ = floor.state.voidLabel(id, now: floor.now)
        case (3, _): _ = floor.state.announceReturn(id, now: floor.now)
        case (_, .reserved): _ = floor.state.requestFulfillment(id, now: floor.now)
        case (_, .packed):
            _ = floor.state.label(id, shipmentID: floor.id(1), carrier: "c", trackingNumber: "t", now: floor.now)
        case (_, .labelled): _ = try floor.state.handOver(HandOver(fulfillmentID: id, actor: "d"), now: floor.now)
        case (_, .returning): try floor.work(.receive, id, .receive(scrapped: [LineQuantity(line: 1, quantity: found)]))
        case (_, let step): if let kind = step.work { try floor.work(kind, id) }
        }
    }
}
