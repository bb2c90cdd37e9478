import Contracts
import Hummingbird
import Kernel
import Logging
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

/// Everything that routes need, given by the composition root.
public struct APIServices: Sendable {
    public let orders: ServiceAccess<OrdersCommand, OrdersReply>
    public let warehouse: ServiceAccess<WarehouseCommand, WarehouseReply>
    public let shipping: ServiceAccess<ShippingCommand, ShippingReply>
    public let shippingQueries: ShippingQueries
    public let access: AccessStore
    public let clock: any WallClock
    public let configuration: APIConfiguration
    /// Must observe the services' commits; so must ``orderWatch`` and ``eventStream``.
    public let metrics: APIMetrics
    public let orderWatch: OrderWatch
    public let eventStream: EventStream
    public let auditBoard: AuditBoard
    private let searching: @Sendable () -> SearchAccess?
    /// The state of the calls to the outside.
    public let circuits: @Sendable () -> [CircuitView]
    /// How far the broker is; `nil` where there is none.
    public let relays: RelayStatus?
    /// Why no message could ever be delivered to a URL; `nil` when it may be registered.
    public let refusalOfWebhookURL: @Sendable (String) async -> String?
    /// The other processes of the system; `nil` where there can be none.
    public let peers: (any Peers)?

    let products: ProductDirectory
    let inFlight = RequestsInFlight()
    let timeouts = Timeouts()
    let latestAnswers = LatestAnswers()
    let messagesSeen = MessagesSeen()
    private let figuresCache = FiguresCache()
    private let callerLimiter: RateLimiter
    private let addressLimiter: RateLimiter

    public init(
        orders: ServiceAccess<OrdersCommand, OrdersReply>, warehouse: ServiceAccess<WarehouseCommand, WarehouseReply>,
        shipping: ServiceAccess<ShippingCommand, ShippingReply>, shippingQueries: ShippingQueries = ShippingQueries(),
        access: AccessStore, clock: any WallClock, configuration: APIConfiguration = APIConfiguration(),
        metrics: APIMetrics = APIMetrics(), orderWatch: OrderWatch = OrderWatch(),
        eventStream: EventStream = EventStream(), auditBoard: AuditBoard = AuditBoard(),
        search: @escaping @Sendable () -> SearchAccess? = { nil },
        circuits: @escaping @Sendable () -> [CircuitView] = { [] }, relays: RelayStatus? = nil,
        refusalOfWebhookURL: @escaping @Sendable (String) async -> String? = { _ in nil },
        peers: (any Peers)? = nil
    ) {
        self.orders = orders
        self.warehouse = warehouse
        self.shipping = shipping
        self.shippingQueries = shippingQueries
        self.access = access
        self.clock = clock
        self.configuration = configuration
        self.metrics = metrics
        self.orderWatch = orderWatch
        self.eventStream = eventStream
        self.auditBoard = auditBoard
        searching = search
        self.circuits = circuits
        self.relays = relays
        self.refusalOfWebhookURL = refusalOfWebhookURL
        self.peers = peers
        // A process without Orders asks Warehouse, which learns of every product before it can have stock of it.
        products = orders.isHere ? .ofOrders(orders.reads) : .ofWarehouse(warehouse.reads)
        callerLimiter = RateLimiter(perSecond: configuration.requestsPerSecond, burst: configuration.requestBurst)
        addressLimiter = RateLimiter(
            perSecond: configuration.openRequestsPerSecond, burst: configuration.openRequestBurst)
    }

    /// `nil` where nothing searches, or another process does.
    public var search: SearchAccess? { searching() }

    /// The read connections of the service that owns a topic.
    public func reads(_ topic: Topic) -> ReadPool {
        switch topic {
        case .orders: orders.reads
        case .warehouse: warehouse.reads
        case .shipping: shipping.reads
        }
    }

    /// Whether this process runs the service that owns a topic.
    public func isHere(_ topic: Topic) -> Bool {
        switch topic {
        case .orders: orders.isHere
        case .warehouse: warehouse.isHere
        case .shipping: shipping.isHere
        }
    }

    /// Of every service.
    var partitionCount: Int { orders.mailbox.partitionCount }

    /// Whether this process owns a partition of the service that owns a topic.
    func isHere(_ topic: Topic, _ partition: Int) -> Bool {
        switch topic {
        case .orders: orders.mailbox.openPartitions.contains(partition)
        case .warehouse: warehouse.mailbox.openPartitions.contains(partition)
        case .shipping: shipping.mailbox.openPartitions.contains(partition)
        }
    }

    /// How the system stands, at most a second old.
    public func figures() async throws(Problem) -> SystemFigures {
        try await figuresCache.figures(now: clock.now) { () async throws(Problem) in
            try await SystemFigures.read(self)
        }
    }

    /// - Throws: 429 when the caller, or the address without a key, asks too often.
    func limit(_ caller: Caller?, _ context: APIContext) throws(Problem) {
        let wait: Int?
        if let caller {
            wait = callerLimiter.take(caller.keyID.text, now: clock.now)
        } else {
            wait = addressLimiter.take(context.remoteAddress?.ipAddress ?? "", now: clock.now)
        }
        guard let wait else { return }
        throw Problem(.rateLimited, "Too many requests; come back in \(wait) s.", retryAfter: wait)
    }
}
