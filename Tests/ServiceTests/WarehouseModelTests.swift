import Contracts
import Kernel
import Ports
import Runtime
import Synchronization
import TestServers
import Testing
import Warehouse
import WarehouseService

/// The service, which loads only what a batch names, does exactly what the same decisions do with everything in memory:
/// the same events, the same answers, in batches of any size and across restarts; and its audit stays clean.
@Suite(.onEveryStore) struct WarehouseModelTests {
    @Test func theServiceDoesWhatTheDecisionsSay() throws {
        var seen: Set<String> = [StockLevelChanged.type]
        for seed in UInt64(1)...12 {
            let walk = try WarehouseWalk(seed: seed)
            for round in 0..<90 {
                try walk.playRound()
                let broken = try walk.bench.broken()
                #expect(broken == [], "seed \(seed), round \(round)")
                #expect(walk.differences == [], "seed \(seed), round \(round)")
                if !broken.isEmpty || !walk.differences.isEmpty { return }
            }
            seen.formUnion(walk.seen)
        }
        #expect(seen == Set(WarehouseEvent.types), "the walks saw too little")
    }
}

/// A random history, told to the service and to the model.
final class WarehouseWalk {
    let bench: WarehouseBench
    private(set) var differences: [String] = []
    private(set) var seen: Set<String> = []
    private var model: WarehouseState
    private var chance: SeededGenerator
    private var orders = 0
    private var fulfillments: [(OrderID, FulfillmentID)] = []
    private var holds: [HoldID] = []
    /// Each by its place, from 1: Orders approves a unit's return once.
    private var returned: [FulfillmentID] = []

    init(seed: UInt64) throws {
        bench = try WarehouseBench()
        chance = SeededGenerator(seed: seed)
        let sites = try bench.read { try $0.warehouses() }
        model = WarehouseState(
            policy: WarehousePolicy(),
            ids: WarehouseIDs(
                site: sites.last?.id.rawValue ?? 0, fulfillment: 0, hold: 0, package: 0, parcels: 0))
        for site in sites { model.load(site) }
        for product in 1...3 {
            model.learn(
                ProductFacts(
                    id: bench.id(product), sku: "SKU-\(product)", name: "Product \(product)", weightGrams: 500))
        }
        _ = model.takeChanges()
    }

    private func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }

    /// One batch of a few inputs of every kind.
    func playRound() throws {
        bench.clock.advance(.seconds(random(0...15)))
        if random(0...9) == 0 { try bench.restart() }
        let ordersEvents = (0..<random(0...5)).map { _ in randomOrdersEvent() }
        let shippingEvents = (0..<random(0...4)).compactMap { _ in randomShippingEvent() }
        let commands = (0..<random(1...6)).map { _ in randomCommand() }
        let answers = Mutex<[Answer<WarehouseReply>]>([])
        for event in ordersEvents { bench.log.add(.orders(event)) }
        for event in shippingEvents { bench.log.add(.shipping(event)) }
        for command in commands {
            bench.worker.mailbox.submit(Submission(command) { answer in answers.withLock { $0.append(answer) } })
        }
        try bench.worker.step()
        let events = bench.recorder.take()
        let expected = tellModel(ordersEvents, shippingEvents, commands)
        compare(events, expected.events)
        compare(answers.withLock { $0 }.map(Self.text), expected.answers)
        seen.formUnion(events.conversation)
        for case .stockReserved(let reserved) in events {
            fulfillments += reserved.fulfillments.map { (reserved.orderID, $0.fulfillmentID) }
        }
    }

    private func compare<Element: Equatable>(_ service: [Element], _ model: [Element]) {
        guard service != model else { return }
        differences.append("service: \(service)\nmodel: \(model)")
    }

    private static func text(_ answer: Answer<WarehouseReply>) -> String {
        switch answer {
        case .accepted(let reply): "\(reply)"
        case .rejected(let rejection): "rejected \(rejection.code) \(rejection.detail)"
        default: "\(answer)"
        }
    }

    private func tellModel(
        _ ordersEvents: [OrdersEvent], _ shippingEvents: [ShippingEvent], _ commands: [WarehouseCommand]
    ) -> (events: [WarehouseEvent], answers: [String]) {
        let now = bench.clock.now
        model.expireHolds(now: now)
        for event in ordersEvents { tellModel(event, now) }
        for event in shippingEvents {
            switch event {
            case .shipmentBooked(let booked):
                _ = model.label(
                    booked.fulfillmentID, shipmentID: booked.shipmentID, carrier: booked.carrier,
                    trackingNumber: booked.trackingNumber, now: now)
            case .shipmentReturned(let returned): _ = model.announceReturn(returned.fulfillmentID, now: now)
            case .shipmentCancelled(let cancelled): _ = model.voidLabel(cancelled.fulfillmentID, now: now)
            default: break
            }
        }
        let answers = commands.map { command in
            do throws(WarehouseRejection) {
                return Self.text(.accepted(try tellModel(command, now)))
            } catch {
                return Self.text(.rejected(error))
            }
        }
        return (model.takeChanges().events, answers)
    }

    private func tellModel(_ event: OrdersEvent, _ now: Instant) {
        switch event {
        case .orderCreated(let event):
            model.reserve(
                ReserveStock(
                    orderID: event.orderID, request: 1, lines: event.lines, destination: event.destination,
                    holdID: event.holdID), now: now)
        case .stockReservationRequested(let event):
            model.reserve(
                ReserveStock(
                    orderID: event.orderID, request: event.request, lines: event.lines,
                    destination: event.destination, excludedWarehouseID: event.excludedWarehouseID), now: now)
        case .orderCancellationRequested(let event) where event.units.isEmpty:
            model.stopOrder(event.orderID, reason: event.reason, now: now)
        case .orderCancellationRequested(let event):
            model.cancelUnits(event.units, of: event.orderID, reason: event.reason, now: now)
        case .stockReleaseRequested(let event): model.releaseReservation(of: event.orderID, now: now)
        case .fulfillmentRequested(let event): _ = model.requestFulfillment(event.fulfillmentID, now: now)
        case .fulfillmentCancellationRequested(let event):
            _ = model.cancelFulfillment(event.fulfillmentID, reason: event.reason, now: now)
        case .returnApproved(let event): _ = model.expectReturn(event, now: now)
        default: break
        }
    }

    private func tellModel(
        _ command: WarehouseCommand, _ now: Instant
    ) throws(WarehouseRejection) -> WarehouseReply {
        switch command {
        case .receiveStock(let command): return .stock(try model.receive(command, now: now))
        case .adjustStock(let command): return .stock([try model.adjust(command, now: now)])
        case .transferStock(let command): return .stock(try model.transfer(command, now: now))
        case .placeHold(let command):
            let hold = try model.placeHold(command, now: now)
            holds.append(hold.id)
            return .hold(hold)
        case .releaseHold(let id, let actor): return .hold(try model.releaseHold(id, by: actor, now: now))
        case .work(let command): return .task(try model.work(command, now: now))
        case .handOver(let command): return .handedOver(try model.handOver(command, now: now))
        case .stopFulfillment(let command): return .stopped(try model.stopFulfillment(command, now: now))
        case .receiveReturn(let command): return .received(try model.receive(command, now: now))
        case .registerWarehouse, .workBatch, .receiveReturns, .handOverBatch:
            preconditionFailure("not part of the walk: \(command)")
        }
    }
}

/// What may happen.
extension WarehouseWalk {
    private func someOrder() -> OrderID { bench.id(max(1, orders - random(0...5))) }

    private func someFulfillment() -> (OrderID, FulfillmentID)? {
        fulfillments.suffix(12).randomElement(using: &chance)
    }

    private func someLines() -> [LineDemand] {
        (1...random(1...3)).map {
            LineDemand(line: $0, productID: bench.id(random(1...3)), quantity: random(1...4))
        }
    }

    private func randomOrdersEvent() -> OrdersEvent {
        let order = someOrder()
        switch (random(0...13), someFulfillment()) {
        case (0...4, _), (_, nil):
            orders += 1
            return .orderCreated(
                OrderCreated(
                    orderID: bench.id(orders), lines: someLines(), destination: WarehouseBench.berlin,
                    holdID: random(0...1) == 0 ? holds.last : nil))
        case (5, _):
            return .stockReservationRequested(
                StockReservationRequested(
                    orderID: order, request: random(1...4), lines: someLines(), destination: WarehouseBench.berlin,
                    excludedWarehouseID: bench.sites[random(0...2)]))
        case (6, _):
            let units = random(0...1) == 0 ? [] : [UnitRange(line: 1, first: random(0...1), count: random(1...2))]
            return .orderCancellationRequested(
                OrderCancellationRequested(orderID: order, reason: "customer", units: units))
        case (7, _): return .stockReleaseRequested(StockReleaseRequested(orderID: order))
        case (8, let some?):
            return .fulfillmentCancellationRequested(
                FulfillmentCancellationRequested(orderID: some.0, fulfillmentID: some.1, reason: "compensation"))
        case (let which, let some?):
            let request = OrdersEvent.fulfillmentRequested(
                FulfillmentRequested(orderID: some.0, fulfillmentID: some.1))
            return which >= 12 ? randomApproval() ?? request : request
        }
    }

    private func randomApproval() -> OrdersEvent? {
        let left = fulfillments.compactMap { model.fulfillments[$0.1] }.filter {
            $0.step.isHandedOver && !returned.contains($0.id)
        }
        guard let fulfillment = left.randomElement(using: &chance) else { return nil }
        returned.append(fulfillment.id)
        return .returnApproved(
            ReturnApproved(
                orderID: fulfillment.orderID, returnID: bench.id(returned.count),
                warehouseID: bench.sites[random(0...2)],
                lines: fulfillment.lines.prefix(random(1...3)).map {
                    LineDemand(
                        line: $0.line, productID: $0.productID, first: $0.first, quantity: random(1...$0.quantity))
                }))
    }

    private func randomReceipt() -> ReceiveCustomerReturn {
        let findings = (1...random(1...2)).map { line in
            let disposition = ReturnDisposition.allCases[random(0...4)]
            return ReceiveCustomerReturn.Finding(
                line: line, quantity: random(1...2), disposition: disposition,
                settlement: disposition.isHere ? .refund : .none)
        }
        return ReceiveCustomerReturn(
            returnID: bench.id(random(1...(returned.count + 1))), findings: random(0...2) == 0 ? nil : findings,
            worker: "Ada")
    }

    private func randomShippingEvent() -> ShippingEvent? {
        guard let (order, fulfillment) = someFulfillment() else { return nil }
        switch random(0...9) {
        case 0: return .shipmentCancelled(ShipmentCancelled(orderID: order, fulfillmentID: fulfillment))
        case 1:
            return .shipmentReturned(
                ShipmentReturned(
                    orderID: order, fulfillmentID: fulfillment, shipmentID: bench.id(1), occurredAt: bench.clock.now))
        default:
            return .shipmentBooked(
                ShipmentBooked(
                    orderID: order, fulfillmentID: fulfillment, shipmentID: bench.id(1), carrier: "swift",
                    trackingNumber: "T", price: Money(499, .eur)))
        }
    }

    private func randomCommand() -> WarehouseCommand {
        let product: ProductID = bench.id(random(1...3))
        let site = bench.sites[random(0...2)]
        switch (random(0...20), someFulfillment()) {
        case (0, _), (1, _):
            return .receiveStock(
                ReceiveStock(
                    warehouseID: site, lines: [.init(productID: product, quantity: random(1...12))],
                    reference: "note \(random(1...30))"))
        case (2, _):
            return .adjustStock(
                AdjustStock(
                    productID: product, warehouseID: site, counter: StockCounter.allCases[random(0...5)],
                    change: .delta(random(-2...3)), reference: "sheet \(random(1...40))"))
        case (3, _):
            return .transferStock(
                TransferStock(
                    productID: product, from: site, to: bench.sites[random(0...2)], quantity: random(1...4),
                    reference: "move \(random(1...40))"))
        case (4, _), (_, nil):
            return .placeHold(
                PlaceHold(
                    cart: "c", lines: [.init(productID: product, quantity: random(1...3))],
                    duration: .seconds(random(1...90))))
        case (5, _): return .releaseHold(holds.randomElement(using: &chance) ?? bench.id(1), actor: "shop")
        case (18, let some?):
            return .stopFulfillment(StopFulfillment(fulfillmentID: some.1, reason: "label voided"))
        case (19...20, _) where !returned.isEmpty: return .receiveReturn(randomReceipt())
        case (6...8, let some?): return .handOver(HandOver(fulfillmentID: some.1, actor: "dock"))
        case (9, let some?):
            return .work(
                WorkOnTask(
                    taskID: WorkTask.id(.pick, of: some.1), worker: "Ada",
                    action: .completeShort(
                        reason: "gone", found: [LineQuantity(line: random(1...2), quantity: random(0...1))])))
        case (_, let some?):
            // Mostly what can be done, sometimes anything.
            let possible = random(0...4) > 0 ? model.fulfillments[some.1]?.step.work : nil
            return .work(
                WorkOnTask(
                    taskID: WorkTask.id(possible ?? WorkKind.allCases[random(0...3)], of: some.1), worker: "Ada",
                    action: random(0...5) == 0 ? .assign : .complete))
        }
    }
}
