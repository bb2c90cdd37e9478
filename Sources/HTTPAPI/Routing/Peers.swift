import Contracts
import Hummingbird
import Kernel
import Signing

/// The other processes of the same system, as far as requests have to go on to them.
public protocol Peers: Sendable {
    /// Shared by all processes of a system: marks a request that came from one of them.
    var secret: String { get }

    /// Where a partition's owner is reached, or any process of a service; `nil` when there is none at the moment.
    func address(of topic: Topic, partition: Int?) async -> String?

    /// Sends a request on.
    ///
    /// - Returns: `nil` when there was no answer. What was asked may then have been done.
    func send(_ request: ForwardedRequest, to address: String) async -> ForwardedReply?
}

/// A request on its way to another process.
public struct ForwardedRequest: Sendable {
    public let method: String
    /// Path and query.
    public let target: String
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    /// How long its caller waits.
    public let timeout: Duration

    public init(
        method: String, target: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    /// The header field with the secret.
    public static let secretField = FieldName.forwarded.canonicalName

    /// Whether a request comes from a process of the same system.
    public static func isSecret(_ secret: String, of request: Request) -> Bool {
        request.headers[.forwarded].map { ConstantTime.equal(Array($0.utf8), Array(secret.utf8)) } ?? false
    }
}

/// What the other process answered.
public struct ForwardedReply: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
