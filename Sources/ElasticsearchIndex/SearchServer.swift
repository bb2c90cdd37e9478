/// Where an Elasticsearch or OpenSearch cluster is and how it is talked to.
public struct SearchServer: Sendable {
    /// How we prove who we are.
    public enum Credentials: Sendable, Equatable {
        case none
        /// Elasticsearch's encoded API key.
        case apiKey(String)
        case basic(user: String, password: String)
    }

    /// `https://host:port` of each node, one or more, without a path's end.
    public var nodes: [String]
    public var credentials: Credentials
    /// A PEM file with the authorities whose certificates are trusted; `nil` for the system's.
    public var authorities: String?
    /// What all indexes of this system are called by.
    public var alias: String
    /// Within which one call must be answered, tries and pauses included.
    public var timeout: Duration
    /// A bulk request has at most so many bytes, unless one document alone has more.
    public var bulkBytes: Int
    /// How often a call is made before its failure is told.
    public var tries: Int

    public init(
        nodes: [String], credentials: Credentials = .none, authorities: String? = nil,
        alias: String = "doorstep-orders",
        timeout: Duration = .seconds(10), bulkBytes: Int = 4 << 20, tries: Int = 4
    ) {
        precondition(!nodes.isEmpty && bulkBytes > 0 && tries > 0, "\(nodes), \(bulkBytes), \(tries)")
        self.nodes = nodes.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.credentials = credentials
        self.authorities = authorities
        self.alias = alias
        self.timeout = timeout
        self.bulkBytes = bulkBytes
        self.tries = tries
    }
}
