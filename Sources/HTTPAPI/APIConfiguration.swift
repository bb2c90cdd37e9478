import Kernel
import Signing

/// How the API behaves.
public struct APIConfiguration: Sendable {
    /// Where this server is reached from outside, without a slash at the end: for tracking links.
    public var publicURL: String
    /// Where `logistics-v1.yaml` lies; `nil` looks next to the executable and in `api/` of the working folder.
    public var openAPIPath: String?
    /// Larger bodies are refused.
    public var bodyBytesMax: Int
    /// How long a request may take, beyond what the caller asked to wait.
    public var requestTimeout: Duration
    /// How long a body may take to arrive: whoever sends slower is cut off.
    public var bodyTimeout: Duration
    /// How long a connection may have no request, or take nothing of an answer: whoever is slower than this is cut off.
    public var idleTimeout: Duration
    /// Clients' connections at the same time, 1 or more; others wait until one ends.
    public var connectionsMax: Int
    /// Of all header fields together; more ends the connection.
    public var headerBytesMax: Int
    /// Requests per second and key, and how many at once.
    public var requestsPerSecond: Double
    public var requestBurst: Double
    /// Requests per second and address without a key (tracking, courier webhooks).
    public var openRequestsPerSecond: Double
    public var openRequestBurst: Double
    /// Whether `/metrics` needs no key from the same machine.
    public var metricsAreOpenLocally: Bool
    /// By the carrier's code; several secrets of one carrier while they rotate.
    public var courierSecrets: [String: [WebhookSecret]]

    public init(
        publicURL: String = "http://127.0.0.1:8080", openAPIPath: String? = nil, bodyBytesMax: Int = 1 << 20,
        requestTimeout: Duration = .seconds(30), bodyTimeout: Duration = .seconds(20),
        idleTimeout: Duration = .seconds(30), connectionsMax: Int = 2000, headerBytesMax: Int = 32 * 1024,
        requestsPerSecond: Double = 2000,
        requestBurst: Double = 4000,
        openRequestsPerSecond: Double = 500, openRequestBurst: Double = 1000, metricsAreOpenLocally: Bool = true,
        courierSecrets: [String: [WebhookSecret]] = [:]
    ) {
        self.publicURL = publicURL
        self.openAPIPath = openAPIPath
        self.bodyBytesMax = bodyBytesMax
        self.requestTimeout = requestTimeout
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.connectionsMax = connectionsMax
        self.headerBytesMax = headerBytesMax
        self.requestsPerSecond = requestsPerSecond
        self.requestBurst = requestBurst
        self.openRequestsPerSecond = openRequestsPerSecond
        self.openRequestBurst = openRequestBurst
        self.metricsAreOpenLocally = metricsAreOpenLocally
        self.courierSecrets = courierSecrets
    }
}
