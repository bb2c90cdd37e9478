import Contracts
import Foundation
import Kernel
import Ports
import Runtime
import SQLiteStore
import Synchronization
import Warehouse
import WarehouseService

/// Warehouse's worker alone, on a real database, with a topic of Orders that is full of orders for one product.
enum ReservationRush {
    struct Outcome: Sendable {
        let elapsed: Duration
        let cpu: Duration
        let reserved: Int
        let refused: Int
        let commits: Int
        let rowsWritten: Int
        let checks: [AuditCheck]
    }

    private static let product = ProductID(rawValue: 1)

    /// On SQLite, in a folder of its own.
    ///
    /// - Parameter orders: half of them find stock.
    static func run(orders: Int) throws -> Outcome {
        let folder = TemporaryFolder.newPath(for: "bench")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try run(orders: orders, in: DataFolder(folder).database(.warehouse))
    }

    /// - Parameters:
    ///   - orders: half of them find stock.
    ///   - database: an empty one.
    static func run(orders: Int, in database: any Database) throws -> Outcome {
        let meter = StorageMeter(isProfiled: false)
        let counter = DecisionCounter()
        let log = FilledLog(product: product)
        let clock = SystemClock()
        let worker = try Worker(
            WarehouseLogic(), database: MeteredDatabase(base: database, meter: meter), log: log,
            recent: RecentEvents(), effects: NoEffects(), observers: [counter], clock: clock,
            options: WorkerOptions(owner: "bench", formerOwnerIsGone: true))
        try stock(worker, pieces: orders / 2)
        log.fill(orders: orders, now: clock.now)
        let before = (cpu: CPUTime.ofThread, storage: meter.figures)
        let start = ContinuousClock.now
        while try worker.step() > 0 {}
        let elapsed = ContinuousClock.now - start
        let cpu = CPUTime.ofThread - before.cpu
        let storage = meter.figures - before.storage
        worker.close()
        let connection = try database.connect(.read)
        defer { connection.close() }
        let (reserved, refused) = counter.counts
        return Outcome(
            elapsed: elapsed, cpu: cpu, reserved: reserved, refused: refused,
            commits: storage.commits, rowsWritten: storage.rowsWritten,
            checks: try WarehouseAudit.audit(connection) + RuntimeAudit.audit(.warehouse, connection))
    }

    private static func stock(_ worker: Worker<WarehouseLogic>, pieces: Int) throws {
        while try worker.step() > 0 {}
        for command in DemoCatalog.warehouses.prefix(1) {
            let reply = try ask(worker, .registerWarehouse(command))
            guard case .warehouse(let site) = reply else { continue }
            _ = try ask(
                worker,
                .receiveStock(
                    ReceiveStock(
                        warehouseID: site.id, lines: [PlaceHold.Line(productID: product, quantity: pieces)],
                        reference: "bench")))
        }
    }

    private static func ask(_ worker: Worker<WarehouseLogic>, _ command: WarehouseCommand) throws -> WarehouseReply {
        let answer = Mutex<Answer<WarehouseReply>?>(nil)
        worker.mailbox.submit(Submission(command) { given in answer.withLock { $0 = given } })
        while try worker.step() > 0 {}
        guard case .accepted(let reply) = answer.withLock({ $0 }) else {
            throw Fault("refused", retryable: false, "\(command)")
        }
        return reply
    }
}

private final class NoEffects: EffectSink {
    func submit(_ effects: [Effect]) {}
}

/// A topic of Orders: the product, then as many orders for it as are wanted.
private final class FilledLog: EventLog {
    private var envelopes: [Envelope] = []
    private let product: ProductID

    init(product: ProductID) {
        self.product = product
        add(
            .productRegistered(
                ProductRegistered(productID: product, sku: "HOT", name: "Hot product", weightGrams: 400)),
            now: Instant(milliseconds: 0))
    }

    func fill(orders: Int, now: Instant) {
        var ids = IDGenerator(after: 0)
        guard let place = GeoPoint(latitude: 52.5, longitude: 13.4) else { preconditionFailure("a place on earth") }
        for _ in 0..<orders {
            add(
                .orderCreated(
                    OrderCreated(
                        orderID: ids.next(now: now),
                        lines: [LineDemand(line: 1, productID: product, first: 0, quantity: 1)],
                        destination: Destination(country: "DE", place: place))), now: now)
        }
    }

    private func add(_ event: OrdersEvent, now: Instant) {
        envelopes.append(
            Envelope(
                partition: 0, position: Int64(envelopes.count + 1), recordedAt: now, event: .orders(event)))
    }

    func readByAll(_ topic: Topic, partition: Int) throws(Fault) -> Int64 { 0 }

    func read(_ topic: Topic, partition: Int, after position: Int64, limit: Int) throws(Fault) -> [Envelope] {
        guard topic == .orders else { return [] }
        return Array(envelopes[min(Int(position), envelopes.count)...].prefix(limit))
    }
}

private final class DecisionCounter: CommitObserver {
    private let state = Mutex((reserved: 0, refused: 0))

    var counts: (reserved: Int, refused: Int) { state.withLock { $0 } }

    func committed(_ record: CommitRecord) {
        state.withLock { state in
            for envelope in record.appended {
                switch envelope.event {
                case .warehouse(.stockReserved): state.reserved += 1
                case .warehouse(.stockReservationRejected): state.refused += 1
                default: break
                }
            }
        }
    }
}
