import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore

extension APIConfiguration {
    /// How the server reads from connections. A slow client holds a connection, never a thread, and not for long: a
    /// head must arrive within ``idleTimeout``, a body within ``bodyTimeout``, and some of an answer must be taken
    /// within ``idleTimeout``.
    public var serverBuilder: HTTPServerBuilder {
        let idle = TimeAmount.nanoseconds(idleTimeout.inMilliseconds * 1_000_000)
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [StalledReader(limit: idle)], idleTimeout: idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: headerBytesMax, maxHeaderListSize: headerBytesMax,
                    maxHeaderFieldCount: Self.headerCountMax)))
    }

    private static let headerCountMax = 100

    /// Where the server listens, and to how many clients at the same time: beyond ``connectionsMax`` connections are
    /// not taken until others end, which ``idleTimeout`` sees to.
    public func application(listeningOn host: String, port: Int, logger: Logger) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: .hostname(host, port: port), serverName: "doorstep",
            availableConnectionsDelegate: .maximum(connectionsMax, logger: logger))
    }
}
