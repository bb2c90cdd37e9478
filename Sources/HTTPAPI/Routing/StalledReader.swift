import NIOCore

/// Ends a connection whose other side takes nothing of its answer for a while.
///
/// An answer that is not taken waits in memory, and the connection with it: time limits of reading do not end it.
/// Whoever reads slowly but steadily is left alone.
///
/// Safety: like every channel handler it is only ever used on its channel's event loop.
final class StalledReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private let limit: TimeAmount
    private var ending: Scheduled<Void>?

    /// - Parameter limit: for how long nothing may be taken.
    init(limit: TimeAmount) { self.limit = limit }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        ending?.cancel()
        ending = nil
        if !context.channel.isWritable {
            let channel = context.channel
            ending = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ending?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { ending?.cancel() }
}
