import Contracts
import Kernel
import Ports
import Runtime

/// Orders as a service: catalog, orders, their money, and the host of the order process.
public final class OrdersLogic: ServiceLogic {
    public typealias Command = OrdersCommand
    public typealias Reply = OrdersReply

    public let topic = Topic.orders
    public let subscriptions: [Topic] = [.warehouse, .shipping]
    public let migrations = OrdersMigrations.all

    /// When an order's process has something to do by itself; the subject is the order.
    static let processTimer: Int64 = 1

    let options: OrdersOptions
    let versions: ProcessVersions
    /// Read from the tables at first use; numbers that a rolled-back batch took are not used again.
    var ids: OrdersIDs?
    /// Products as stored. Emptied by every batch that writes products, so that it never knows more than the tables.
    var products: [String: KnownProduct] = [:]
    private var isRegistered = false

    /// - Parameter process: the file `processes/order-fulfillment.bpmn`, which new orders begin with.
    /// - Throws: ``BPMN/LoadError`` or ``BPMN/ModelRefused``.
    public init(process: [UInt8], options: OrdersOptions = OrdersOptions()) throws {
        self.options = options
        versions = try ProcessVersions(xml: process)
    }

    public func key(of command: OrdersCommand) -> Int64? {
        switch command {
        case .cancelOrder(let command): command.orderID.rawValue
        case .cancelUnits(let command): command.orderID.rawValue
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
        let batch = OrdersBatch(self, ids: try loadIDs(database), now: now, database)
        swap(&batch.outbox, &outbox)
        try batch.load(inputs)
        for input in inputs { try batch.handle(input) }
        try batch.save()
        ids = batch.ids
        swap(&batch.outbox, &outbox)
    }

    private func isVersionStored(_ database: any DatabaseConnection, now: Instant) throws(Fault) -> Bool {
        let version = ProcessVersions.version(of: versions.current)
        let isStored =
            try database.integer(
                "SELECT count(*) FROM process_definitions WHERE version = $1", [.integer(version)]) == 1
        if !isStored { try versions.register(database, now: now) }
        return isStored
    }

    private func loadIDs(_ database: any DatabaseConnection) throws(Fault) -> OrdersIDs {
        if let ids { return ids }
        return OrdersIDs(
            orders: IDGenerator(after: try database.integer("SELECT max(id) FROM orders")),
            products: IDGenerator(after: try database.integer("SELECT max(id) FROM products")),
            endpoints: IDGenerator(after: try database.integer("SELECT max(id) FROM webhook_endpoints")),
            deliveries: IDGenerator(after: try database.integer("SELECT max(id) FROM webhook_deliveries")))
    }
}

/// Where identifiers come from.
struct OrdersIDs {
    var orders: IDGenerator
    var products: IDGenerator
    var endpoints: IDGenerator
    var deliveries: IDGenerator
}

/// What placing an order needs to know of a product.
struct KnownProduct {
    let id: ProductID
    let sku: SKU
}
