import Hummingbird
import Kernel
import Logging
import Ports
import Runtime

/// Everything that routes need, given by the composition root.
public struct APIServices: Sendable {
    public let access: AccessStore
    public let clock: any WallClock
    public let configuration: APIConfiguration
    public let metrics: APIMetrics
    public let orderWatch: OrderWatch
    public let eventStream: EventStream
    public let auditBoard: AuditBoard
    let inFlight = RequestsInFlight()
    let latestAnswers = LatestAnswers()
    private let callerLimiter: RateLimiter
    private let addressLimiter: RateLimiter

    public init(
        access: AccessStore, clock: any WallClock, configuration: APIConfiguration = APIConfiguration(),
        metrics: APIMetrics = APIMetrics(), orderWatch: OrderWatch = OrderWatch(),
        eventStream: EventStream = EventStream(), auditBoard: AuditBoard = AuditBoard()
    ) {
        self.access = access
        self.clock = clock
        self.configuration = configuration
        self.metrics = metrics
        self.orderWatch = orderWatch
        self.eventStream = eventStream
        self.auditBoard = auditBoard
        callerLimiter = RateLimiter(perSecond: configuration.requestsPerSecond, burst: configuration.requestBurst)
        addressLimiter = RateLimiter(
            perSecond: configuration.openRequestsPerSecond, burst: configuration.openRequestBurst)
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
