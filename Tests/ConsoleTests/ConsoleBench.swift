import BPMN
import Catalog
import Contracts
import Foundation
import HTTPAPI
import Hummingbird
import Kernel
import Logging
import NIOCore
import Orders
import OrdersService
import Ports
import Runtime
import SQLiteStore
import Shipping
import ShippingService
import Synchronization
import Warehouse
import WarehouseService

@testable import Console

/// The three services on real SQLite files, stepped by hand, and the console's router over them.
final class ConsoleBench {
    final class VirtualClock: WallClock {
        private let time = Mutex(Instant(milliseconds: 1_764_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    /// Whatever is asked of the outside succeeds at the next step.
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

    static let token = TrackingToken(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
    static let evil = "<script>alert(1)</script>"

    let folder: URL
    let clock = VirtualClock()
    let board = AuditBoard()
    let stream: EventStream
    let services: ConsoleServices
    private let effects: [Topic: EffectRecorder]
    private let orders: Worker<OrdersLogic>
    private let warehouse: Worker<WarehouseLogic>
    private let shipping: Worker<ShippingLogic>
    private let floor: any DatabaseConnection
    private let pools: [ReadPool]
    private let parking: any DatabaseConnection

    init(
        host: String = "127.0.0.1", listenersMax: Int = 1024, trackingBurst: Double = 60, circuits: [CircuitView] = []
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-console-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let databases = Dictionary(
            uniqueKeysWithValues: Topic.allCases.map { topic in
                (topic, SQLiteDatabase(path: folder.appending(path: "\(topic.rawValue).db").path))
            })
        let effects = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, EffectRecorder()) })
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "processes/order-fulfillment.bpmn")
        let process = Array(try Data(contentsOf: file))
        let recent = RecentEvents()
        stream = EventStream(limit: listenersMax)
        let (clock, stream) = (clock, stream)
        func worker<Logic>(_ topic: Topic, _ logic: Logic) throws -> Worker<Logic> {
            guard let database = databases[topic], let sink = effects[topic] else { throw BenchError.incomplete }
            return try Worker(
                logic, database: database, log: LocalEventLog(databases: databases, recent: recent), recent: recent,
                effects: sink, observers: [stream], clock: clock,
                options: WorkerOptions(owner: "bench", formerOwnerIsGone: true))
        }
        orders = try worker(.orders, try OrdersLogic(process: process, options: OrdersOptions()))
        warehouse = try worker(.warehouse, WarehouseLogic())
        shipping = try worker(.shipping, ShippingLogic())
        let pools = try Topic.allCases.map { topic in
            guard let database = databases[topic] else { throw BenchError.incomplete }
            return (topic, ReadPool(database, name: topic.rawValue, threads: 1))
        }
        let reads = Dictionary(uniqueKeysWithValues: pools)
        guard let own = reads[.orders], let stock = reads[.warehouse], let parcels = reads[.shipping],
            let floor = databases[.warehouse]
        else { throw BenchError.incomplete }
        services = try ConsoleServices(
            orders: own, warehouse: stock, shipping: parcels, process: process, eventStream: stream, auditBoard: board,
            clock: clock, circuits: { circuits }, publicURL: "https://shop.example", host: host,
            trackingBurst: trackingBurst)
        self.floor = try floor.connect(.read)
        parking = try floor.connect(.write)
        self.pools = pools.map(\.1)
        self.folder = folder
        self.effects = effects
    }

    deinit {
        for pool in pools { pool.stop(threads: 1) }
        floor.close()
        parking.close()
        try? FileManager.default.removeItem(at: folder)
    }

    enum BenchError: Error { case incomplete, refused(String) }

    /// A warehouse with stock, and an order from it.
    func order(number: String? = nil) throws -> OrderID {
        guard let place = GeoPoint(latitude: 51.5, longitude: -0.1) else { throw BenchError.incomplete }
        let site = RegisterWarehouse(code: "LON", name: "London & more", country: "GB", place: place)
        guard case .warehouse(let warehouse) = try ask(warehouse, .registerWarehouse(site)),
            case .products(let made) = try ask(
                orders, .createProducts([CreateProduct(sku: "MUG", name: Self.evil, weightGrams: 300)])),
            let product = try made.first?.get()
        else { throw BenchError.incomplete }
        run()
        _ = try ask(
            self.warehouse,
            .receiveStock(
                ReceiveStock(
                    warehouseID: warehouse.id, lines: [PlaceHold.Line(productID: product.id, quantity: 10)],
                    reference: "asn-1")))
        let line = PlaceOrder.Line(item: .goods(sku: "MUG"), quantity: 2, unitPrice: Money(1234, .eur))
        let addressee = Addressee(
            name: "Ada Lovelace", street: "Ludgate Hill 1", city: "London", postalCode: "EC4M", country: "GB",
            email: "ada@example.org")
        let placement = PlaceOrder(
            client: 1, number: number, customer: Self.evil, lines: [line], addressee: addressee,
            paymentMethod: "tok_visa", trackingToken: Self.token)
        guard case .placed(let receipt) = try ask(orders, .placeOrder(placement)) else { throw BenchError.incomplete }
        return receipt.id
    }

    /// An input that Warehouse could not handle, as the runtime stores one.
    func park(label: String, error: String?, discardedBecause reason: String?) throws {
        try parking.execute(
            """
            INSERT INTO dead_letters (id, partition, key, input, label, payload, error, parked_at, discarded_because)
            SELECT coalesce(max(id), 0) + 1, 0, 7, 'event', $1, '{}', $2, $3, $4 FROM dead_letters
            """, [.text(label), .text(error), .instant(clock.now), .text(reason)])
    }

    /// Until the parcel is with its carrier: the floor works and the outside says yes.
    func handOver() throws {
        let staff = AutoWorker(delays: AutoWorker.Delays(all: .seconds(1)))
        for _ in 0..<8 {
            run()
            clock.advance(.seconds(2))
            for command in try staff.commands(floor, now: clock.now) { _ = try ask(warehouse, command) }
        }
        run()
    }

    /// The parcel's carrier says that it is with the customer.
    func deliver(_ id: OrderID) throws {
        let connection = try folderDatabase(.orders).connect(.read)
        defer { connection.close() }
        guard let shipment = try OrdersQueries.order(id, connection)?.order.fulfillments.first?.shipment else {
            throw BenchError.incomplete
        }
        let report = CourierReport(
            status: .delivered, statusText: "DELIVERED", occurredAt: clock.now, timeText: clock.now.rfc3339)
        _ = try ask(
            shipping,
            .recordReports(
                carrier: shipment.carrier, entries: [.report(about: .shipment(shipment.id), report, messageID: nil)]))
        run()
    }

    /// The customer wants one unit of the first line back to the shop.
    func askForReturn(of id: OrderID, reason: String) throws -> ReturnID {
        let line = RequestReturn.Line(line: 1, quantity: 1)
        let answer = try ask(orders, .requestReturn(RequestReturn(orderID: id, lines: [line], reason: reason)))
        guard case .customerReturn(let view) = answer else { throw BenchError.incomplete }
        run()
        return view.customerReturn.id
    }

    /// It came and is good to be sold again; the refund succeeds.
    func receive(_ id: ReturnID) throws {
        _ = try ask(warehouse, .receiveReturn(ReceiveCustomerReturn(returnID: id, worker: "Mo")))
        run()
    }

    private func folderDatabase(_ topic: Topic) -> SQLiteDatabase {
        SQLiteDatabase(path: folder.appending(path: "\(topic.rawValue).db").path)
    }

    private func run() {
        for _ in 0..<20 {
            // A step that fails shows in what the test then looks for.
            while ((try? orders.step()) ?? 0) + ((try? warehouse.step()) ?? 0) + ((try? shipping.step()) ?? 0) > 0 {}
            for (topic, recorder) in effects {
                for effect in recorder.takeAll() {
                    if topic == .orders { orders.mailbox.deliver(effect, .done(Self.result(effect))) }
                    if topic == .shipping { shipping.mailbox.deliver(effect, .done(Self.result(effect))) }
                }
            }
        }
    }

    private static func result(_ effect: Effect) -> EffectResult {
        switch effect.key.kind {
        case .authorizePayment, .capturePayment, .refundPayment: .payment(id: "pay_1")
        case .bookShipment: .shipment(trackingNumber: "TRACK1234", price: Money(495, .eur))
        case .voidPayment, .voidShipment, .sendMail, .deliverWebhook: .acknowledged
        }
    }

    private func ask<Logic: ServiceLogic>(
        _ worker: Worker<Logic>, _ command: Logic.Command
    ) throws -> Logic.Reply {
        let answers = Mutex<[Answer<Logic.Reply>]>([])
        worker.mailbox.submit(Submission(command) { answer in answers.withLock { $0.append(answer) } })
        while try worker.step() > 0 {}
        guard case .accepted(let reply)? = answers.withLock({ $0.first }) else {
            throw BenchError.refused("\(answers.withLock { $0 })")
        }
        return reply
    }

    struct Seen {
        let status: Int
        let text: String
        let headers: HTTPFields
    }

    func get(
        _ path: String, authority: String = "127.0.0.1:8080", accept: String = "text/html,*/*"
    ) async throws -> Seen {
        let router = Router(context: APIContext.self)
        addConsole(to: router, services)
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: authority, path: path, headerFields: [.accept: accept])
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let context = APIContext(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let response = try await router.buildResponder().respond(to: request, context: context)
        let collector = Collector()
        try await response.body.write(CollectingWriter(collector: collector))
        return Seen(
            status: response.status.code, text: String(decoding: collector.bytes.withLock { $0 }, as: UTF8.self),
            headers: response.headers)
    }
}

private final class Collector: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

private struct CollectingWriter: ResponseBodyWriter {
    let collector: Collector

    func write(_ buffer: ByteBuffer) async throws {
        collector.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
