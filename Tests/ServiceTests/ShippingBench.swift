import Contracts
import Foundation
import Kernel
import Ports
import Runtime
import Shipping
import ShippingService
import Synchronization
import TestServers

/// The shipping service on a real SQLite file, driven step by step under a virtual clock; carriers are played by hand.
final class ShippingBench {
    final class VirtualClock: WallClock {
        private let time = Mutex(Instant(milliseconds: 1_764_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    final class EffectRecorder: EffectSink {
        private let submitted = Mutex<[Effect]>([])
        func submit(_ effects: [Effect]) { submitted.withLock { $0 += effects } }
        func takeAll() -> [Effect] {
            submitted.withLock { effects in
                defer { effects = [] }
                return effects
            }
        }
    }

    /// The topics of the other services, written by hand.
    final class ScriptedLog: EventLog {
        private var envelopes: [Topic: [Envelope]] = [:]

        func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }

        func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
            Array((envelopes[topic] ?? []).dropFirst(Int(position)).prefix(limit))
        }

        func add(_ event: Event) {
            let position = Int64(envelopes[event.topic]?.count ?? 0) + 1
            envelopes[event.topic, default: []].append(
                Envelope(
                    partition: 0, position: position, recordedAt: Instant(milliseconds: 0), event: event))
        }
    }

    /// The shipping topic as it was committed.
    final class Published: CommitObserver {
        private let events = Mutex<[Event]>([])
        func committed(_ record: CommitRecord) { events.withLock { $0 += record.appended.map(\.event) } }
        func takeAll() -> [Event] {
            events.withLock { events in
                defer { events = [] }
                return events
            }
        }
    }

    let folder: URL
    let database: any Database
    let clock = VirtualClock()
    let effects = EffectRecorder()
    let log = ScriptedLog()
    let published = Published()
    let policy: ShippingPolicy
    let queries: ShippingQueries
    private(set) var worker: Worker<ShippingLogic>
    let reader: any DatabaseConnection

    init(policy: ShippingPolicy = .standard) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-shipping-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try TestStore.current.database("shipping", in: folder)
        self.policy = policy
        queries = ShippingQueries(policy: policy)
        worker = try Self.worker(policy, database, log, effects, published, clock)
        reader = try database.connect(.read)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func worker(
        _ policy: ShippingPolicy, _ database: any Database, _ log: ScriptedLog, _ effects: EffectRecorder,
        _ published: Published, _ clock: VirtualClock
    ) throws -> Worker<ShippingLogic> {
        try Worker(
            ShippingLogic(policy: policy), database: database, log: log, recent: RecentEvents(), effects: effects,
            observers: [published], clock: clock, options: WorkerOptions(owner: "bench", formerOwnerIsGone: true))
    }

    /// As after a crash: everything in memory is gone.
    func restart() throws {
        _ = effects.takeAll()
        worker = try Self.worker(policy, database, log, effects, published, clock)
    }

    // MARK: What others do

    static func destination(_ country: String = "DE") -> Destination {
        guard let place = GeoPoint(latitude: 52.5, longitude: 13.4) else { preconditionFailure("Berlin") }
        return Destination(country: country, place: place)
    }

    func request(_ number: Int64, order: Int64? = nil, value: Int64 = 1999) {
        log.add(
            .orders(
                .shipmentRequested(
                    ShipmentRequested(
                        orderID: OrderID(rawValue: order ?? number), fulfillmentID: FulfillmentID(rawValue: number),
                        warehouseID: WarehouseID(rawValue: 1), destination: Self.destination(),
                        packages: [
                            PackedPackage(
                                packageID: PackageID(rawValue: number), sscc: "340123450000000017", weightGrams: 900)
                        ], value: Money(value, .eur)))))
    }

    func requestCancellation(_ number: Int64) {
        log.add(
            .orders(
                .shipmentCancellationRequested(
                    ShipmentCancellationRequested(
                        orderID: OrderID(rawValue: number), fulfillmentID: FulfillmentID(rawValue: number)))))
    }

    func stopFulfillment(_ number: Int64) {
        log.add(
            .warehouse(
                .fulfillmentCancelled(
                    FulfillmentCancelled(
                        orderID: OrderID(rawValue: number), fulfillmentID: FulfillmentID(rawValue: number),
                        reason: "customer"))))
    }

    func handOver(_ number: Int64) {
        log.add(
            .warehouse(
                .fulfillmentHandedOver(
                    FulfillmentHandedOver(
                        orderID: OrderID(rawValue: number), fulfillmentID: FulfillmentID(rawValue: number),
                        units: [UnitRange(line: 1, first: 0, count: 1)], occurredAt: clock.now))))
    }

    func carrierBooks(_ effect: Effect, _ number: String) {
        worker.mailbox.deliver(effect, .done(.shipment(trackingNumber: number, price: Money(390, .eur))))
    }

    // MARK: Shortcuts

    /// Steps until nothing is left, and tells what was published.
    @discardableResult
    func run() throws -> [String] {
        while try worker.step() > 0 {}
        return published.takeAll().map(\.type)
    }

    /// A shipment with a label.
    func booked(_ number: Int64, _ trackingNumber: String) throws -> ShipmentID {
        request(number)
        try run()
        for effect in effects.takeAll() { carrierBooks(effect, trackingNumber) }
        try run()
        return try view(number).shipment.id
    }

    func view(_ number: Int64) throws -> ShipmentView {
        guard let view = try queries.shipment(of: FulfillmentID(rawValue: number), reader) else {
            throw Fault("unknown_shipment", retryable: false, "\(number)")
        }
        return view
    }

    func report(
        _ status: ShipmentStatus, _ minute: Int64, reason: String? = nil, attempt: Int? = nil
    ) -> CourierReport {
        let at = Instant(milliseconds: 1_764_000_000_000 + minute * 60_000)
        return CourierReport(
            status: status, statusText: status.name.uppercased(), occurredAt: at, timeText: at.rfc3339,
            reason: reason, attempt: attempt, raw: #"{"status":"\#(status.name)"}"#)
    }

    /// Reports as one request, and what was answered.
    func send(_ entries: [ReportEntry], from carrier: String = "turtle") throws -> [ReportOutcome] {
        let answers = Mutex<[ReportOutcome]>([])
        worker.mailbox.submit(
            Submission(.recordReports(carrier: carrier, entries: entries)) { answer in
                if case .accepted(.reports(let outcomes)) = answer { answers.withLock { $0 = outcomes } }
            })
        while try worker.step() > 0 {}
        return answers.withLock { $0 }
    }

    func offenders() throws -> [String] {
        try ShippingAudit.audit(reader, policy: policy).flatMap(\.offenders)
    }
}
