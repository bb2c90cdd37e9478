import Contracts
import Kernel
import Warehouse

/// A whole warehouse floor in memory, with what happened on it.
final class Floor {
    static let start = Instant(milliseconds: 1_764_000_000_000)
    static let berlin = Destination(country: "DE", place: place(52.5, 13.4))

    var state = WarehouseState(
        policy: WarehousePolicy(), ids: WarehouseIDs(site: 0, fulfillment: 0, hold: 0, package: 0, parcels: 0))
    var now = Floor.start
    /// Every ledger entry so far.
    var ledger: [LedgerEntry] = []
    /// In the order of their registration: Berlin, Munich, Madrid.
    private(set) var sites: [WarehouseID] = []

    init() throws {
        for (code, place) in [
            ("BER", Self.place(52.5, 13.4)), ("MUC", Self.place(48.1, 11.6)), ("MAD", Self.place(40.4, -3.7)),
        ] {
            let site = try state.register(
                RegisterWarehouse(code: code, name: code, country: "DE", place: place), now: now)
            sites.append(site.id)
        }
        for product in 1...6 {
            state.learn(
                ProductFacts(id: id(product), sku: "SKU-\(product)", name: "Product \(product)", weightGrams: 1000))
        }
        _ = take()
    }

    static func place(_ latitude: Double, _ longitude: Double) -> GeoPoint {
        guard let place = GeoPoint(latitude: latitude, longitude: longitude) else { preconditionFailure("no place") }
        return place
    }

    /// The same floor, to try something else from here.
    func copy() throws -> Floor {
        let copy = try Floor()
        copy.state = state
        copy.now = now
        copy.ledger = ledger
        return copy
    }

    func id<Kind>(_ number: Int, _: Kind.Type = Kind.self) -> EntityID<Kind> {
        EntityID(rawValue: Int64(number))
    }

    func key(_ product: Int, _ site: Int) -> StockKey { StockKey(id(product), sites[site]) }

    func stock(_ product: Int, _ site: Int = 0) -> Stock { state.stock[key(product, site)] }

    /// The events since the last time, without the levels.
    @discardableResult
    func take() -> [WarehouseEvent] {
        let changes = state.takeChanges()
        ledger += changes.entries
        return changes.events.filter { if case .stockLevelChanged = $0 { false } else { true } }
    }

    /// Puts stock on the shelves, as `[product: quantity]` per site.
    func receive(_ quantities: [Int: Int], at site: Int = 0) throws {
        let lines = quantities.sorted { $0.key < $1.key }.filter { $0.value > 0 }
        for (product, quantity) in lines {
            _ = try state.receive(
                ReceiveStock(
                    warehouseID: sites[site], lines: [.init(productID: id(product), quantity: quantity)],
                    reference: "delivery \(ledger.count) \(product) \(site)"), now: now)
            take()
        }
    }

    /// Reserves `[(product, quantity)]` and answers what happened.
    @discardableResult
    func reserve(
        _ order: Int, _ lines: [(product: Int, quantity: Int)], request: Int = 1, excluding site: Int? = nil,
        hold: HoldID? = nil
    ) -> [WarehouseEvent] {
        state.reserve(
            ReserveStock(
                orderID: id(order), request: request,
                lines: lines.enumerated().map {
                    LineDemand(line: $0 + 1, productID: id($1.product), quantity: $1.quantity)
                },
                destination: Self.berlin, excludedWarehouseID: site.map { sites[$0] }, holdID: hold), now: now)
        return take()
    }

    /// The order's fulfillment orders, oldest first.
    func fulfillments(_ order: Int) -> [Fulfillment] {
        (state.fulfillmentsOfOrder[id(order)] ?? []).compactMap { state.fulfillments[$0] }
    }

    /// Brings an order's fulfillment orders to a step, by the way that leads there.
    func bring(_ order: Int, to step: FulfillmentStep) throws {
        let way: [FulfillmentStep] = [.picking, .packing, .packed, .labelled, .handedOver, .returning, .returned]
        guard step != .reserved else { return }
        for fulfillment in fulfillments(order) {
            for next in way {
                try advance(fulfillment.id, to: next)
                if next == step { break }
            }
        }
        take()
    }

    private func advance(_ id: FulfillmentID, to step: FulfillmentStep) throws {
        switch step {
        case .picking: _ = state.requestFulfillment(id, now: now)
        case .packing: try work(.pick, id)
        case .packed: try work(.pack, id)
        case .labelled: _ = label(id)
        case .handedOver: _ = try state.handOver(HandOver(fulfillmentID: id, actor: "dock"), now: now)
        case .returning: _ = state.announceReturn(id, now: now)
        case .returned: try work(.receive, id)
        default: preconditionFailure("no way to \(step)")
        }
    }

    @discardableResult
    func work(_ kind: WorkKind, _ id: FulfillmentID, _ action: WorkOnTask.Action = .complete) throws -> WorkTask {
        try state.work(
            WorkOnTask(taskID: WorkTask.id(kind, of: id), worker: "Ada", action: action), now: now)
    }

    // The state's own mutating calls cannot stand inside an expectation.
    func request(_ id: FulfillmentID) -> Bool { state.requestFulfillment(id, now: now) }
    func cancel(_ id: FulfillmentID) -> Bool { state.cancelFulfillment(id, reason: "compensation", now: now) }
    func voidLabel(_ id: FulfillmentID) -> Bool { state.voidLabel(id, now: now) }
    func announceReturn(_ id: FulfillmentID) -> Bool { state.announceReturn(id, now: now) }
    func label(_ id: FulfillmentID) -> Bool {
        state.label(id, shipmentID: ShipmentID(rawValue: 1), carrier: "fast", trackingNumber: "T1", now: now)
    }
    func release(_ id: HoldID) throws -> HoldStatus { try state.releaseHold(id, by: "shop", now: now).status }

    /// What is wrong with the books; empty when they are right.
    func contradictions() -> [String] {
        var wrong: [String] = []
        var folded: [StockKey: [Int]] = [:]
        for entry in ledger {
            let effect = LedgerEffect(entry.kind, entry.counter)
            var sums = folded[entry.key] ?? [0, 0, 0, 0, 0]
            sums[0] += effect.onHand * entry.quantity
            sums[1] += effect.held * entry.quantity
            sums[2] += effect.allocated * entry.quantity
            sums[3] += effect.picked * entry.quantity
            if entry.counter != .incoming { sums[4] += effect.counter * entry.quantity }
            folded[entry.key] = sums
        }
        var owed: [StockKey: [Int]] = [:]
        for fulfillment in state.fulfillments.values where fulfillment.step.holdsStock {
            for line in fulfillment.lines {
                var sums = owed[StockKey(line.productID, fulfillment.warehouseID)] ?? [0, 0, 0]
                sums[0] += line.quantity
                if fulfillment.step.holdsPicked { sums[1] += line.quantity }
                owed[StockKey(line.productID, fulfillment.warehouseID)] = sums
            }
        }
        for hold in state.holds.values where hold.status == .held {
            for line in hold.lines { owed[line.key, default: [0, 0, 0]][2] += line.quantity }
        }
        for row in state.stock.all {
            let counts = [row.onHand, row.held, row.allocated, row.picked, row.unavailable]
            if !row.isSound { wrong.append("unsound \(row)") }
            if counts != folded[row.key] ?? [0, 0, 0, 0, 0] {
                wrong.append("\(row) by ledger \(folded[row.key] ?? [])")
            }
            if [row.allocated, row.picked, row.held] != owed[row.key] ?? [0, 0, 0] {
                wrong.append("\(row) owed \(owed[row.key] ?? [])")
            }
        }
        for fulfillment in state.fulfillments.values
        where fulfillment.unitCount != fulfillment.lines.reduce(0, { $0 + $1.quantity }) {
            wrong.append("\(fulfillment.id) counts \(fulfillment.unitCount)")
        }
        return wrong
    }
}

extension [WarehouseEvent] {
    /// The names of the events, for reading a conversation at a glance.
    var names: [String] { map { $0.payload }.map { type(of: $0).type } }
}
