import Kernel
import Ports

/// What `--broker amqp://user:password@host:port/vhost?name=value` says.
///
/// Names: `prefix` of the streams' names; `batch`, how many events a message has at most (200 by default); `max-age` (such as `7D`) and `max-length-bytes` of streams that are made; for
/// `amqps` also `cacertfile`, `certfile`, `keyfile` and `verify` (`verify_peer` or `verify_none`).
///
/// - Source: RabbitMQ, "URI Query Parameters", for the names of the TLS settings.
public struct RabbitMQSettings: Sendable {
    let isEncrypted: Bool
    let host: String
    let port: Int32
    let user: String
    let password: String
    let virtualHost: String
    let prefix: String
    let partitions: Int
    /// Events in a message at most.
    let batch: Int
    let maxAge: String
    /// 0 for no limit.
    let maxBytes: Int64
    let authorities: String?
    let certificate: String?
    let key: String?
    let verifiesPeer: Bool

    /// A message costs the server as much as the events in it.
    private static let standardBatch = 200

    /// - Parameter partitions: of each topic; how many the services' logs have.
    /// - Throws: `broker_url_invalid`.
    public init(_ url: BrokerURL, partitions: Int) throws(Fault) {
        guard url.scheme == "amqp" || url.scheme == "amqps" else {
            throw BrokerURL.invalid("'\(url.scheme)' is not amqp or amqps")
        }
        isEncrypted = url.scheme == "amqps"
        guard url.hosts.count == 1, let address = url.hosts.first else {
            throw BrokerURL.invalid("RabbitMQ is one host, of a node or a load balancer")
        }
        let parts = address.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let port = parts.count == 2 ? Int32(parts[1]) : isEncrypted ? 5671 : 5672,
            (1...65_535).contains(port)
        else { throw BrokerURL.invalid("the address is host:port") }
        host = String(parts[0])
        self.port = port
        user = url.user ?? "guest"
        password = url.password ?? "guest"
        virtualHost = url.path.isEmpty ? "/" : url.path
        self.partitions = partitions
        var settings = Dictionary(url.settings.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        prefix = settings.removeValue(forKey: "prefix") ?? "doorstep"
        batch = try settings.removeValue(forKey: "batch").map(EventMessage.batch) ?? Self.standardBatch
        maxAge = settings.removeValue(forKey: "max-age") ?? "7D"
        let bytes = settings.removeValue(forKey: "max-length-bytes") ?? "0"
        guard !prefix.isEmpty, prefix.utf8.count <= 200, let maxBytes = Int64(bytes), maxBytes >= 0 else {
            throw BrokerURL.invalid("prefix is not empty, and max-length-bytes is a number")
        }
        self.maxBytes = maxBytes
        authorities = settings.removeValue(forKey: "cacertfile")
        certificate = settings.removeValue(forKey: "certfile")
        key = settings.removeValue(forKey: "keyfile")
        let verify = settings.removeValue(forKey: "verify") ?? "verify_peer"
        guard verify == "verify_peer" || verify == "verify_none", (certificate == nil) == (key == nil) else {
            throw BrokerURL.invalid("verify is verify_peer or verify_none; certfile and keyfile come together")
        }
        verifiesPeer = verify == "verify_peer"
        if let unknown = settings.keys.min() { throw BrokerURL.invalid("there is no setting \(unknown)") }
    }
}
