import Contracts
import Kernel
import Ports
import Runtime

/// Orders as a service: catalog, orders, their money, and the host of the order process.
public final class OrdersLogic: ServiceLogic {
    public typealias Command = OrdersCommand
    public typealias Reply = OrdersReply

    public let topic: Topic? = .orders
    public let subscriptions: [Topic] = [.warehouse, .shipping]
    public let migrations = OrdersMigrations.all

    /// When an order's process has something to do by itself; the subject is the order.
    static let processTimer: Int64 = 1

    let options: OrdersOptions
    let partition: Partition
    let versions: ProcessVersions
    /// One for everything that Orders makes: the key of an event is an order's or a product's number, which therefore
    /// must differ. Read from the tables at first use; numbers that a rolled-back batch took are not used again.
    var ids: IDGenerator?
    /// Products as stored. Emptied by every batch that writes products, so that it never knows more than the tables.
    var products: [String: KnownProduct] = [:]
    let running = CommittedCache<RunningOrder>()
    private var isRegistered = false

    /// - Parameter process: the file `processes/order-fulfillment.bpmn`, which new orders begin with.
    /// - Throws: ``BPMN/LoadError`` or ``BPMN/ModelRefused``.
    public convenience init(
        process: [UInt8], options: OrdersOptions = OrdersOptions(), partition: Partition = .whole
    ) throws {
        self.init(try OrderProcess(xml: process), options: options, partition: partition)
    }

    /// - Parameter process: which new orders begin with.
    public init(
        _ process: OrderProcess, options: OrdersOptions = OrdersOptions(), partition: Partition = .whole
    ) {
        self.options = options
        self.partition = partition
        versions = ProcessVersions(process)
    }

    public func key(of command: OrdersCommand) -> Int64? {
        switch command {
        case .cancelOrder(let command): command.orderID.rawValue
        case .cancelUnits(let command): command.orderID.rawValue
        case .requestReturn(let command): command.orderID.rawValue
        case .resolveIncident(let command): command.orderID.rawValue
        case .eraseRecipient(let id): id.rawValue
        case .updateProduct(let command): command.productID.rawValue
        default: nil
        }
    }

    public func process(
        _ inputs: [Input<OrdersCommand>], now: Instant, in database: any DatabaseConnection,
        outbox: inout Outbox<OrdersReply>
    ) throws(Fault) {
        // Written once per process, yet kept unmarked until a later batch finds it: this one may be rolled back.
        if !isRegistered { isRegistered = try isVersionStored(database, now: now) }
        running.begin()
        let batch = OrdersBatch(self, ids: try loadIDs(database), now: now, database)
        swap(&batch.outbox, &outbox)
        try batch.load(inputs)
        for input in inputs { try batch.handle(input) }
        try batch.save()
        ids = batch.ids
        swap(&batch.outbox, &outbox)
    }

    public func committed() { running.commit() }

    public func nextRemoval(_ database: any DatabaseConnection) throws(Fault) -> Instant? {
        try database.first("SELECT min(remove_at) FROM process_instances WHERE remove_at IS NOT NULL") {
            $0.optionalInstant(0)
        } ?? nil
    }

    public func remove(due now: Instant, limit: Int, in database: any DatabaseConnection) throws(Fault) {
        try database.execute(
            """
            DELETE FROM process_instances WHERE order_id IN
                (SELECT order_id FROM process_instances WHERE remove_at <= $1 ORDER BY remove_at LIMIT $2)
            """, [.instant(now), .int(limit)])
    }

    private func isVersionStored(_ database: any DatabaseConnection, now: Instant) throws(Fault) -> Bool {
        let version = ProcessVersions.version(of: versions.current)
        let isStored =
            try database.integer(
                "SELECT count(*) FROM process_definitions WHERE version = $1", [.integer(version)]) == 1
        if !isStored { try versions.register(database, now: now) }
        return isStored
    }

    private func loadIDs(_ database: any DatabaseConnection) throws(Fault) -> IDGenerator {
        if let ids { return ids }
        var greatest: Int64 = 0
        for table in ["orders", "products", "returns", "webhook_endpoints", "webhook_deliveries"] {
            greatest = max(greatest, try database.integer("SELECT max(id) FROM \(table)"))
        }
        return IDGenerator(after: greatest, in: partition)
    }
}

/// What placing an order needs to know of a product.
struct KnownProduct {
    let id: ProductID
    let sku: SKU
}
