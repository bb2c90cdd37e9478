import Contracts
import Foundation
import Kernel
import Ports
import Runtime
import Synchronization
import TestServers
import Warehouse
import WarehouseService

/// Warehouse's worker on a real SQLite file under a virtual clock, with the other services' topics written by hand.
final class WarehouseBench {
    final class VirtualClock: WallClock {
        private let time = Mutex(Instant(milliseconds: 1_764_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    final class NoEffects: EffectSink {
        func submit(_ effects: [Effect]) {}
    }

    final class HandwrittenLog: EventLog {
        private var envelopes: [Topic: [Envelope]] = [:]

        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }

        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            Array((envelopes[topic] ?? []).dropFirst(Int(position)).prefix(limit))
        }

        func add(_ event: Event) {
            let position = Int64((envelopes[event.topic] ?? []).count + 1)
            envelopes[event.topic, default: []].append(
                Envelope(
                    partition: 0, position: position, recordedAt: Instant(milliseconds: 0), event: event))
        }
    }

    final class Recorder: CommitObserver {
        private let events = Mutex<[WarehouseEvent]>([])

        func committed(_ record: CommitRecord) {
            let new = record.appended.compactMap { if case .warehouse(let event) = $0.event { event } else { nil } }
            events.withLock { $0 += new }
        }

        func take() -> [WarehouseEvent] {
            events.withLock { events in
                defer { events = [] }
                return events
            }
        }
    }

    static let berlin = Destination(country: "DE", place: place(52.5, 13.4))

    static func place(_ latitude: Double, _ longitude: Double) -> GeoPoint {
        guard let place = GeoPoint(latitude: latitude, longitude: longitude) else { preconditionFailure("no place") }
        return place
    }

    let folder: URL
    let database: any Database
    let clock = VirtualClock()
    let log = HandwrittenLog()
    let recorder = Recorder()
    private(set) var worker: Worker<WarehouseLogic>
    private(set) var sites: [WarehouseID] = []

    /// With warehouses in Berlin, Munich and Madrid, and products 1–3.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-warehouse-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try TestStore.current.database("warehouse", in: folder)
        worker = try Worker(
            WarehouseLogic(), database: database, log: log, recent: RecentEvents(), effects: NoEffects(),
            observers: [recorder], clock: clock, options: WorkerOptions(owner: "first", formerOwnerIsGone: true))
        for (code, place) in [
            ("BER", Self.place(52.5, 13.4)), ("MUC", Self.place(48.1, 11.6)), ("MAD", Self.place(40.4, -3.7)),
        ] {
            let command = RegisterWarehouse(code: code, name: code, country: "DE", place: place)
            if case .warehouse(let site) = try accepted(.registerWarehouse(command)) { sites.append(site.id) }
        }
        for product in 1...3 {
            log.add(
                .orders(
                    .productRegistered(
                        ProductRegistered(
                            productID: id(product), sku: "SKU-\(product)", name: "Product \(product)",
                            weightGrams: 500))))
        }
        try run()
        _ = recorder.take()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func id<Kind>(_ number: Int, _: Kind.Type = Kind.self) -> EntityID<Kind> { EntityID(rawValue: Int64(number)) }

    /// Another process takes over from what is stored.
    func restart() throws {
        worker.close()
        worker = try Worker(
            WarehouseLogic(), database: database, log: log, recent: RecentEvents(), effects: NoEffects(),
            observers: [recorder], clock: clock, options: WorkerOptions(owner: "next", formerOwnerIsGone: true))
    }

    /// Until nothing waits.
    @discardableResult
    func run() throws -> [WarehouseEvent] {
        while try worker.step() > 0 {}
        return recorder.take()
    }

    func answer(_ command: WarehouseCommand) throws -> Answer<WarehouseReply> {
        let box = Mutex<Answer<WarehouseReply>?>(nil)
        worker.mailbox.submit(Submission(command) { answer in box.withLock { $0 = answer } })
        try worker.step()
        guard let answer = box.withLock({ $0 }) else { throw Fault("no_answer", retryable: false, "\(command)") }
        return answer
    }

    func accepted(_ command: WarehouseCommand) throws -> WarehouseReply {
        switch try answer(command) {
        case .accepted(let reply): return reply
        case .rejected(let rejection): throw rejection
        case .unavailable(let fault): throw fault
        case .replayed, .keyReused, .parked: throw Fault("not_accepted", retryable: false, "\(command)")
        }
    }

    func receive(_ product: Int, _ quantity: Int, at site: Int = 0) throws {
        _ = try accepted(
            .receiveStock(
                ReceiveStock(
                    warehouseID: sites[site], lines: [.init(productID: id(product), quantity: quantity)],
                    reference: "delivery of \(product) to \(site)")))
        _ = recorder.take()
    }

    func order(_ number: Int, _ lines: [(product: Int, quantity: Int)], hold: HoldID? = nil) {
        log.add(
            .orders(
                .orderCreated(
                    OrderCreated(
                        orderID: id(number),
                        lines: lines.enumerated().map {
                            LineDemand(line: $0 + 1, productID: id($1.product), quantity: $1.quantity)
                        }, destination: Self.berlin, holdID: hold))))
    }

    /// Asks for every fulfillment order that was reserved, as Orders would.
    func request(_ events: [WarehouseEvent]) {
        for case .stockReserved(let reserved) in events {
            for plan in reserved.fulfillments {
                log.add(
                    .orders(
                        .fulfillmentRequested(
                            FulfillmentRequested(orderID: reserved.orderID, fulfillmentID: plan.fulfillmentID))))
            }
        }
    }

    /// Books a carrier for everything that was packed, as Shipping would.
    func book(_ events: [WarehouseEvent]) {
        for case .fulfillmentPacked(let packed) in events {
            log.add(
                .shipping(
                    .shipmentBooked(
                        ShipmentBooked(
                            orderID: packed.orderID, fulfillmentID: packed.fulfillmentID,
                            shipmentID: ShipmentID(rawValue: packed.fulfillmentID.rawValue), carrier: "swift",
                            trackingNumber: "T\(packed.fulfillmentID.rawValue)", price: Money(499, .eur)))))
        }
    }

    func read<Result>(_ body: (WarehouseQueries) throws -> Result) throws -> Result {
        let connection = try database.connect(.read)
        defer { connection.close() }
        return try body(WarehouseQueries(connection))
    }

    func stock(_ product: Int, _ site: Int = 0) throws -> Stock {
        let key = StockKey(id(product), sites[site])
        return try read { try $0.stock(key)?.stock } ?? Stock(key: key)
    }

    /// The names of the checks that do not hold.
    func broken() throws -> [String] {
        let connection = try database.connect(.read)
        defer { connection.close() }
        return try WarehouseAudit.audit(connection).filter { !$0.holds }.map(\.name)
    }

    /// Does with the tables what no command can.
    func tamper(_ sql: String) throws {
        let connection = try database.connect(.write)
        defer { connection.close() }
        try connection.execute("PRAGMA ignore_check_constraints = ON")
        let changed = try connection.execute(sql)
        guard changed > 0 else { throw Fault("nothing_changed", retryable: false, sql) }
    }
}

extension [WarehouseEvent] {
    /// The names of the events without levels, for reading a conversation at a glance.
    var conversation: [String] { map { type(of: $0.payload).type }.filter { $0 != StockLevelChanged.type } }
}
