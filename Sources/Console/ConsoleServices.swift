import BPMN
import HTTPAPI
import OrdersService
import Ports
import Runtime
import ShippingService

/// Everything that the console's pages need, given by the composition root.
public struct ConsoleServices: Sendable {
    public let orders: ReadPool
    public let warehouse: ReadPool
    public let shipping: ReadPool
    public let shippingQueries: ShippingQueries
    /// Must observe the services' commits.
    public let eventStream: EventStream
    public let auditBoard: AuditBoard
    /// The state of the calls to the outside.
    public let circuits: @Sendable () -> [CircuitView]
    private let searching: @Sendable () -> SearchAccess?
    /// How far the index is behind; `nil` where nothing searches.
    public let searchLag: (@Sendable () async throws -> SearchLag)?
    public let clock: any WallClock
    /// Where this server is reached from outside, without a slash at the end: for tracking links.
    public let publicURL: String
    /// The address that the server is bound to.
    public let host: String
    /// Serves the operations pages to everybody who reaches the server.
    public let openConsole: Bool

    let process: ProcessBoard
    let figures: FiguresBoard
    let trackingLimiter: RateLimiter

    /// - Parameters:
    ///   - process: the current process file, as the orders service runs it.
    ///   - host: the address that the server is bound to. Operations pages are only served when it is this machine's
    ///     own (`127.0.0.1`, `::1`, `localhost`), or when `openConsole` is set.
    ///   - trackingsPerSecond: how many tracking pages a second one address may ask for, more than 0.
    ///   - trackingBurst: how many at once, 1 or more.
    ///   - openConsole: serve the operations pages to everybody. They show orders and stock and need no login yet: set
    ///     it only where a proxy in front asks for one.
    /// - Throws: ``BPMN/LoadError`` or ``BPMN/ModelRefused``: not BPMN, not executable, or no saga.
    public init(
        orders: ReadPool, warehouse: ReadPool, shipping: ReadPool, shippingQueries: ShippingQueries = ShippingQueries(),
        process: [UInt8], eventStream: EventStream, auditBoard: AuditBoard, clock: any WallClock,
        circuits: @escaping @Sendable () -> [CircuitView] = { [] },
        search: @escaping @Sendable () -> SearchAccess? = { nil },
        searchLag: (@Sendable () async throws -> SearchLag)? = nil, publicURL: String = "http://127.0.0.1:8080",
        host: String = "127.0.0.1", trackingsPerSecond: Double = 5, trackingBurst: Double = 60,
        openConsole: Bool = false
    ) throws {
        self.orders = orders
        self.warehouse = warehouse
        self.shipping = shipping
        self.shippingQueries = shippingQueries
        self.eventStream = eventStream
        self.auditBoard = auditBoard
        self.clock = clock
        self.circuits = circuits
        searching = search
        self.searchLag = searchLag
        self.publicURL = publicURL
        self.host = host
        self.openConsole = openConsole
        self.process = try ProcessBoard(process: process)
        figures = FiguresBoard()
        trackingLimiter = RateLimiter(perSecond: trackingsPerSecond, burst: trackingBurst)
    }

    /// `nil` where nothing searches, or another process does.
    public var search: SearchAccess? { searching() }
}
