import Contracts
import Kernel
import Orders
import OrdersService
import Ports
import Runtime
import Shipping
import ShippingService
import Synchronization
import Warehouse
import WarehouseService

/// One order through the three services as they run in production, stepped by one thread under a clock of its own, so
/// that every run tells the same story.
final class OneOrderRun {
    private let clock = SteppedClock()
    private let recorder = StoryRecorder()
    private let floor = AutoWorker()
    private let orders: Worker<OrdersLogic>
    private let warehouse: Worker<WarehouseLogic>
    private let shipping: Worker<ShippingLogic>
    private let rows: [Topic: OwnRows]
    private let reader: any DatabaseConnection
    private var calls: [Effect] = []
    private var reports: [Shipping.ShipmentStatus] = [.accepted, .inTransit, .outForDelivery, .delivered]

    /// - Throws: `order_not_completed` when the order stops on its way, and what databases throw.
    static func story() async throws(Fault) -> OrderStory {
        try await TemporaryFolder.with(for: "drawing") { folder async throws(Fault) in
            let run = try OneOrderRun(folder)
            defer { run.close() }
            try run.open()
            run.recorder.begin()
            try await run.play()
            return run.recorder.story
        }
    }

    private init(_ folder: DataFolder) throws(Fault) {
        let process = try ProcessFile.bytes()
        let logic: OrdersLogic
        do {
            logic = try OrdersLogic(process: process)
        } catch {
            throw Fault("process_unusable", retryable: false, "\(ProcessFile.path): \(error)")
        }
        let databases = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, folder.database($0)) })
        let parts = Parts(folder: folder, databases: databases, recorder: recorder, clock: clock)
        orders = try parts.worker(.orders, logic)
        warehouse = try parts.worker(.warehouse, WarehouseLogic())
        shipping = try parts.worker(.shipping, ShippingLogic())
        var rows: [Topic: OwnRows] = [:]
        for topic in Topic.allCases { rows[topic] = try OwnRows(folder.database(topic)) }
        self.rows = rows
        reader = try folder.database(.warehouse).connect(.read)
    }

    private func close() {
        reader.close()
        for rows in rows.values { rows.close() }
    }

    /// Two products and one warehouse that has both.
    private func open() throws(Fault) {
        orders.mailbox.submit(Submission(.createProducts(Array(DemoCatalog.products.prefix(2)))) { _ in })
        warehouse.mailbox.submit(Submission(.registerWarehouse(DemoCatalog.warehouses[0])) { _ in })
        while try stepAll() {}
        let products = try reader.rows("SELECT id FROM products ORDER BY id") { $0.id(0, ProductKind.self) }
        let sites = try reader.rows("SELECT id FROM warehouses") { $0.id(0, WarehouseKind.self) }
        let lines = products.map { PlaceHold.Line(productID: $0, quantity: 10) }
        warehouse.mailbox.submit(
            Submission(.receiveStock(ReceiveStock(warehouseID: sites[0], lines: lines, reference: "first"))) { _ in })
        while try stepAll() {}
    }

    private func play() async throws(Fault) {
        recorder.say(.command, from: .shopper, to: .orders, "POST /v1/orders")
        orders.mailbox.submit(Submission(.placeOrder(Self.order)) { _ in })
        while !recorder.story.messages.contains(where: { $0.label == OrderCompleted.type }) {
            // One thing at a time, so that it is seen what caused what.
            if try stepAll() { continue }
            if await performNextCall() { continue }
            if try workOnTheFloor() { continue }
            guard try report() else {
                throw Fault("order_not_completed", retryable: false, "\(recorder.story.messages)")
            }
        }
        while await performNextCall() {}
    }

    private static var order: PlaceOrder {
        PlaceOrder(
            client: 1, number: "A-1", customer: "customer",
            lines: DemoCatalog.products.prefix(2).map {
                PlaceOrder.Line(item: .goods(sku: $0.sku), quantity: 1, unitPrice: Money(1999, .eur))
            },
            addressee: Addressee(
                name: "Name", street: "Street 1", city: "Berlin", postalCode: "10115", country: "DE",
                email: "name@example.org"),
            paymentMethod: "token", trackingToken: TrackingToken(high: 1, low: 1))
    }

    /// One batch of each service.
    ///
    /// - Returns: whether there was anything to do.
    private func stepAll() throws(Fault) -> Bool {
        var handled = 0
        handled += try step(.orders) { () throws(Fault) in try orders.step() }
        handled += try step(.warehouse) { () throws(Fault) in try warehouse.step() }
        handled += try step(.shipping) { () throws(Fault) in try shipping.step() }
        return handled > 0
    }

    private func step(_ topic: Topic, _ step: () throws(Fault) -> Int) throws(Fault) -> Int {
        clock.advance(.milliseconds(10))
        let before = try rows[topic]?.read()
        let handled = try step()
        calls += recorder.conclude(topic, rowsChanged: try rows[topic]?.read() != before)
        return handled
    }

    private func performNextCall() async -> Bool {
        guard !calls.isEmpty else { return false }
        let effect = calls.removeFirst()
        let outcome = await AnsweringWorld().perform(effect, now: clock.now)
        let name = effect.key.kind.name
        switch effect.key.kind {
        case .bookShipment, .voidShipment:
            recorder.say(.call, from: .shipping, to: .courier, name)
            recorder.say(.answer, from: .courier, to: .shipping, "label")
            shipping.mailbox.deliver(effect, outcome)
        case .sendMail, .deliverWebhook:
            recorder.say(.call, from: .orders, to: .shopper, name)
            orders.mailbox.deliver(effect, outcome)
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment:
            recorder.say(.call, from: .orders, to: .payments, name)
            recorder.say(.answer, from: .payments, to: .orders, "done")
            orders.mailbox.deliver(effect, outcome)
        }
        return true
    }

    private func workOnTheFloor() throws(Fault) -> Bool {
        let commands = try floor.commands(reader, now: clock.now)
        let step = try reader.first("SELECT step FROM fulfillments") { FulfillmentStep(rawValue: $0.integer(0)) }
        for command in commands {
            let label = (step ?? nil)?.work.map { "\($0) done" } ?? "handed to the courier"
            recorder.say(.command, from: .floor, to: .warehouse, label)
            warehouse.mailbox.submit(Submission(command) { _ in })
        }
        return !commands.isEmpty
    }

    private func report() throws(Fault) -> Bool {
        let label = try reader.first("SELECT shipment, carrier FROM fulfillments WHERE shipment IS NOT NULL") {
            ($0.id(0, ShipmentKind.self), $0.text(1))
        }
        guard let (shipment, carrier) = label, !reports.isEmpty else { return false }
        let status = reports.removeFirst()
        let name = status.name
        recorder.say(.command, from: .courier, to: .shipping, "reports \(name)")
        let report = CourierReport(
            status: status, statusText: name, occurredAt: clock.now, timeText: clock.now.rfc3339)
        shipping.mailbox.submit(
            Submission(
                .recordReports(
                    carrier: carrier, entries: [.report(about: .shipment(shipment), report, messageID: nil)])
            ) { _ in })
        return true
    }
}

/// What the three workers share.
private struct Parts {
    let folder: DataFolder
    let databases: [Topic: any Database]
    let recorder: StoryRecorder
    let clock: SteppedClock
    let recent = RecentEvents()

    /// Small batches, so that it is seen which event caused what.
    func worker<Logic: ServiceLogic>(_ topic: Topic, _ logic: Logic) throws(Fault) -> Worker<Logic> {
        try Migrator.prepare(folder.database(topic), for: logic, now: clock.now)
        return try Worker(
            logic, database: folder.database(topic), log: LocalEventLog(databases: databases, recent: recent),
            recent: recent, effects: recorder, observers: [recorder], clock: clock,
            options: WorkerOptions(owner: "drawing", batchLimit: 1, formerOwnerIsGone: true))
    }
}

/// A service's own rows, to see whether a batch changed them.
private final class OwnRows {
    private let connection: any DatabaseConnection
    private var queries: [String] = []

    init(_ database: any Database) throws(Fault) {
        connection = try database.connect(.read)
        let names = try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
            $0.text(0)
        }
        for name in names where !Schema.runtimeTables.contains(name) && !name.hasPrefix("sqlite_") {
            let columns = try connection.rows("SELECT name FROM pragma_table_info($1)", [.text(name)]) { $0.text(0) }
            queries.append("SELECT \(columns.map { "quote(\($0))" }.joined(separator: " || ',' || ")) FROM \(name)")
        }
    }

    func read() throws(Fault) -> [[String]] {
        try queries.map { query throws(Fault) in try connection.rows(query) { $0.text(0) } }
    }

    func close() { connection.close() }
}

/// Time that moves only when it is told to.
private final class SteppedClock: WallClock {
    private let time = Mutex(Instant(milliseconds: 1_767_225_600_000))

    var now: Instant { time.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}
