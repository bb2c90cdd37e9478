import BPMN
import Catalog
import Contracts
import Foundation
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import Synchronization
import TestServers
import Testing

/// The orders service on a real SQLite file, driven step by step under a virtual clock; Warehouse, Shipping and the
/// payment provider are played by hand.
final class OrdersBench {
    final class VirtualClock: WallClock {
        private let time = Mutex(Instant(milliseconds: 1_764_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    final class EffectRecorder: EffectSink {
        private let submitted = Mutex<[Effect]>([])
        func submit(_ effects: [Effect]) { submitted.withLock { $0 += effects } }
        func take(_ kind: EffectKind) -> [Effect] {
            submitted.withLock { effects in
                let taken = effects.filter { $0.key.kind == kind }
                effects.removeAll { $0.key.kind == kind }
                return taken
            }
        }
        var waiting: [EffectKind] { submitted.withLock { $0.map(\.key.kind) } }
    }

    final class ScriptedLog: EventLog {
        private var envelopes: [Topic: [Envelope]] = [:]

        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }

        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            Array((envelopes[topic] ?? []).dropFirst(Int(position)).prefix(limit))
        }

        func add(_ event: Event) {
            let position = Int64(envelopes[event.topic]?.count ?? 0) + 1
            envelopes[event.topic, default: []].append(
                Envelope(partition: 0, position: position, recordedAt: Instant(milliseconds: 0), event: event))
        }
    }

    final class Published: CommitObserver {
        private let events = Mutex<[OrdersEvent]>([])
        func committed(_ record: CommitRecord) {
            events.withLock {
                for envelope in record.appended { if case .orders(let event) = envelope.event { $0.append(event) } }
            }
        }
        func takeAll() -> [OrdersEvent] {
            events.withLock { events in
                defer { events = [] }
                return events
            }
        }
    }

    static var processFile: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "processes/order-fulfillment.bpmn")
    }

    let folder: URL
    let database: any Database
    let clock = VirtualClock()
    let effects = EffectRecorder()
    let log = ScriptedLog()
    let published = Published()
    let reader: any DatabaseConnection
    let processes: ProcessReader
    private(set) var worker: Worker<OrdersLogic>
    private let options: OrdersOptions
    /// Every event of the others arrives twice, and the service restarts before every batch.
    let isRough: Bool
    /// What was published since the start.
    private(set) var history: [OrdersEvent] = []
    private var lastFulfillment: Int64 = 0

    init(rough: Bool = false, options: OrdersOptions = OrdersOptions(), skus: [String] = ["MUG", "TEA", "HAT"]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-orders-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try TestStore.current.database("orders", in: folder)
        isRough = rough
        self.options = options
        let xml = Array(try Data(contentsOf: Self.processFile))
        processes = try ProcessReader(process: xml)
        worker = try Self.worker(xml, options, database, log, effects, published, clock)
        reader = try database.connect(.read)
        let created = try answer(
            .createProducts(skus.map { CreateProduct(sku: $0, name: $0.lowercased(), weightGrams: 300) }))
        guard case .accepted(.products(let products)) = created, products.count == skus.count else {
            throw Fault("bench", retryable: false, "\(created)")
        }
        _ = published.takeAll()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func worker(
        _ xml: [UInt8], _ options: OrdersOptions, _ database: any Database, _ log: ScriptedLog,
        _ effects: EffectRecorder, _ published: Published, _ clock: VirtualClock
    ) throws -> Worker<OrdersLogic> {
        try Worker(
            try OrdersLogic(process: xml, options: options), database: database, log: log, recent: RecentEvents(),
            effects: effects, observers: [published], clock: clock,
            options: WorkerOptions(owner: "bench", formerOwnerIsGone: true))
    }

    /// As after a crash: everything in memory is gone.
    func restart() throws {
        for kind in EffectKind.allCases { _ = effects.take(kind) }
        let xml = Array(try Data(contentsOf: Self.processFile))
        worker = try Self.worker(xml, options, database, log, effects, published, clock)
    }

    // MARK: Callers

    func answer(_ command: OrdersCommand) throws -> Answer<OrdersReply> {
        let answers = Mutex<[Answer<OrdersReply>]>([])
        worker.mailbox.submit(Submission(command) { answer in answers.withLock { $0.append(answer) } })
        while try worker.step() > 0 {}
        collect()
        return try #require(answers.withLock { $0.first })
    }

    func rejection(_ command: OrdersCommand) throws -> String? {
        if case .rejected(let rejection) = try answer(command) { rejection.code } else { nil }
    }

    static let addressee = Addressee(
        name: "Ada Lovelace", street: "Ludgate Hill 1", city: "London", postalCode: "EC4M", country: "GB",
        email: "ada@example.org")

    static func goods(_ sku: String, _ quantity: Int, _ price: Int64) -> PlaceOrder.Line {
        PlaceOrder.Line(item: .goods(sku: sku), quantity: quantity, unitPrice: Money(price, .eur))
    }

    static func charge(_ label: String, _ price: Int64) -> PlaceOrder.Line {
        PlaceOrder.Line(item: .charge(label: label), quantity: 1, unitPrice: Money(price, .eur))
    }

    static func order(
        _ lines: [PlaceOrder.Line], number: String? = nil, discount: Int64 = 0, token: UInt64 = 1
    ) -> PlaceOrder {
        PlaceOrder(
            client: 1, number: number, customer: "C-1", lines: lines, discount: discount, addressee: addressee,
            paymentMethod: "tok_visa", trackingToken: TrackingToken(high: token, low: 2))
    }

    func place(_ lines: [PlaceOrder.Line], discount: Int64 = 0) throws -> OrderID {
        let answer = try answer(.placeOrder(Self.order(lines, discount: discount)))
        guard case .accepted(.placed(let receipt)) = answer else {
            throw Fault("bench", retryable: false, "\(answer)")
        }
        return receipt.id
    }

    // MARK: The others

    func say(_ event: WarehouseEvent) throws -> [String] { try say(.warehouse(event)) }
    func say(_ event: ShippingEvent) throws -> [String] { try say(.shipping(event)) }

    private func say(_ event: Event) throws -> [String] {
        log.add(event)
        if isRough {
            log.add(event)
            try restart()
        }
        return try run()
    }

    /// Steps until nothing is left, and tells what was published.
    @discardableResult
    func run() throws -> [String] {
        while try worker.step() > 0 {}
        return collect().map { $0.payload }.map { type(of: $0).type }
    }

    @discardableResult
    private func collect() -> [OrdersEvent] {
        let events = published.takeAll()
        history += events
        return events
    }

    /// Warehouse reserves; one fulfillment per list of units.
    func reserve(_ order: OrderID, request: Int = 1, _ shares: [[UnitRange]]) throws -> [FulfillmentID] {
        let plans = shares.enumerated().map { index, units in
            lastFulfillment += 1
            return FulfillmentPlan(
                fulfillmentID: FulfillmentID(rawValue: lastFulfillment),
                warehouseID: WarehouseID(rawValue: Int64(index + request)),
                lines: units.map {
                    LineDemand(
                        line: $0.line, productID: ProductID(rawValue: 1), first: $0.first, quantity: $0.count)
                })
        }
        _ = try say(.stockReserved(StockReserved(orderID: order, request: request, fulfillments: plans)))
        return plans.map(\.fulfillmentID)
    }

    /// The provider does what is waiting of a kind.
    @discardableResult
    func pay(_ kind: EffectKind) throws -> [String] {
        let waiting = effects.take(kind)
        try #require(!waiting.isEmpty, "no \(kind) is waiting, only \(effects.waiting)")
        for effect in waiting {
            let result: EffectResult =
                kind == .voidPayment ? .acknowledged : .payment(id: "pay_\(effect.key.reference)")
            worker.mailbox.deliver(effect, .done(result))
            // A repeated outcome is the runtime's to drop.
            if isRough { worker.mailbox.deliver(effect, .done(result)) }
        }
        return try run()
    }

    @discardableResult
    func refuse(_ kind: EffectKind, _ code: String) throws -> [String] {
        for effect in effects.take(kind) { worker.mailbox.deliver(effect, .refused(code: code, detail: "")) }
        return try run()
    }

    func pack(_ order: OrderID, _ id: FulfillmentID) throws -> [String] {
        try say(
            .fulfillmentPacked(
                FulfillmentPacked(
                    orderID: order, fulfillmentID: id,
                    packages: [
                        PackedPackage(
                            packageID: PackageID(rawValue: id.rawValue), sscc: "340123450000000017", weightGrams: 900)
                    ])))
    }

    func book(_ order: OrderID, _ id: FulfillmentID) throws -> [String] {
        try say(
            .shipmentBooked(
                ShipmentBooked(
                    orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue), carrier: "swift",
                    trackingNumber: "SW\(id.rawValue)", price: Money(390, .eur))))
    }

    func handOver(_ order: OrderID, _ id: FulfillmentID, _ units: [UnitRange]) throws -> [String] {
        try say(
            .fulfillmentHandedOver(
                FulfillmentHandedOver(orderID: order, fulfillmentID: id, units: units, occurredAt: clock.now)))
    }

    /// From reservation to the carrier's hands, captured.
    func ship(_ order: OrderID, _ id: FulfillmentID) throws {
        _ = try pack(order, id)
        _ = try book(order, id)
        let units = try #require(try view(order).order.fulfillments.first { $0.id == id }).units
        _ = try handOver(order, id, units)
        try pay(.capturePayment)
    }

    func deliver(_ order: OrderID, _ id: FulfillmentID) throws -> [String] {
        try say(
            .shipmentDelivered(
                ShipmentDelivered(
                    orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue),
                    occurredAt: clock.now)))
    }

    func comeBack(_ order: OrderID, _ id: FulfillmentID) throws -> [String] {
        try say(
            .shipmentReturned(
                ShipmentReturned(
                    orderID: order, fulfillmentID: id, shipmentID: ShipmentID(rawValue: id.rawValue),
                    occurredAt: clock.now)))
    }

    /// Warehouse stops the whole order, as it does while nothing was handed over.
    func stop(_ order: OrderID) throws {
        for fulfillment in try view(order).order.fulfillments where fulfillment.status.isBeforeHandover {
            _ = try say(
                .fulfillmentCancelled(
                    FulfillmentCancelled(orderID: order, fulfillmentID: fulfillment.id, reason: "customer")))
        }
        _ = try say(.orderStopped(OrderStopped(orderID: order, reason: "customer")))
    }

    /// The others and the provider answer every request to undo something, until nobody asks any more.
    func answerUndoing() throws {
        var answered = 0
        var requests: [OrdersEvent] { history.filter(Self.isUndoing) }
        for _ in 0..<50 {
            if answered < requests.count {
                let request = requests[answered]
                answered += 1
                switch request {
                case .stockReleaseRequested(let asked):
                    _ = try say(.stockReleased(StockReleased(orderID: asked.orderID)))
                case .fulfillmentCancellationRequested(let asked):
                    _ = try say(
                        .fulfillmentPutBack(
                            FulfillmentPutBack(orderID: asked.orderID, fulfillmentID: asked.fulfillmentID)))
                case .shipmentCancellationRequested(let asked):
                    _ = try say(
                        .shipmentCancelled(
                            ShipmentCancelled(orderID: asked.orderID, fulfillmentID: asked.fulfillmentID)))
                default: break
                }
            } else if effects.waiting.contains(.voidPayment) {
                try pay(.voidPayment)
            } else {
                return
            }
        }
        throw Fault("bench", retryable: false, "undoing never ends")
    }

    private static func isUndoing(_ event: OrdersEvent) -> Bool {
        switch event {
        case .stockReleaseRequested, .fulfillmentCancellationRequested, .shipmentCancellationRequested: true
        default: false
        }
    }

    // MARK: Looking

    func view(_ order: OrderID) throws -> OrderView {
        try #require(try OrdersQueries.order(order, reader))
    }

    func state(_ order: OrderID) throws -> OrderState { try view(order).order.state }

    func count(_ type: String) -> Int { history.filter { Swift.type(of: $0.payload).type == type }.count }

    func offenders() throws -> [String] {
        try (OrdersAudit(processes).audit(reader) + RuntimeAudit.audit(.orders, reader)).flatMap(\.offenders)
    }

    /// The audit finds nothing, and the order is where it should be.
    func expect(_ order: OrderID, _ state: OrderState, location: SourceLocation = #_sourceLocation) throws {
        #expect(try self.state(order) == state, sourceLocation: location)
        #expect(try offenders() == [], sourceLocation: location)
        if state.isTerminal {
            #expect(try worker.nextTimer() == nil, sourceLocation: location)
            #expect(try processes.instance(of: order, reader)?.isEnded == true, sourceLocation: location)
        }
    }
}
