import Hummingbird
import Logging
import NIOCore

/// The context of every request to the application, also to the pages that others add to it.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The other side's address; `nil` in tests without sockets.
    public let remoteAddress: SocketAddress?
    private let channel: (any Channel)?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        channel = source.channel
    }

    /// A context without a connection.
    public init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: logger))
        remoteAddress = nil
        channel = nil
    }

    /// Reads no more from the connection, which ends once the answer is written.
    func stopReading() { channel?.close(mode: .input, promise: nil) }

    private struct LoggerSource: RequestContextSource {
        let logger: Logger
    }

    /// Whether the other side is this machine; a request without a connection counts as such.
    var isLocal: Bool {
        guard let remoteAddress else { return true }
        switch remoteAddress {
        case .v4: return remoteAddress.ipAddress?.hasPrefix("127.") ?? false
        case .v6:
            let address = remoteAddress.ipAddress ?? ""
            return address == "::1" || address.hasPrefix("::ffff:127.")
        case .unixDomainSocket: return true
        }
    }
}
