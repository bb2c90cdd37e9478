import HummingbirdCore
import Kernel
import NIOCore

extension APIConfiguration {
    /// How the server reads from connections. A slow client holds a connection, never a thread, and not for long: a
    /// head must arrive within ``idleTimeout``, a body within ``bodyTimeout``.
    public var serverBuilder: HTTPServerBuilder {
        .http1(
            configuration: .init(
                idleTimeout: .nanoseconds(idleTimeout.inMilliseconds * 1_000_000),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: headerBytesMax, maxHeaderListSize: headerBytesMax,
                    maxHeaderFieldCount: Self.headerCountMax)))
    }

    private static let headerCountMax = 100
}
