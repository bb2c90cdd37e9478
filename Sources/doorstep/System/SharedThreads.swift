import NIOCore
import NIOPosix

/// Which threads run asynchronous code.
enum SharedThreads {
    /// Runs it on the threads that read from and write to the network, so that a request is answered where it arrived:
    /// handing it to another thread and back costs two wake-ups, which is more than handling it. Once per process, at
    /// its start.
    ///
    /// Blocking there stops connections, not only tasks; that was forbidden before. "Unsafe" in the name means that
    /// NIO takes the place of the standard library's executor by way of a hook that is not for everybody. Where a later
    /// Swift has none, nothing changes.
    static func useNetworkThreads() {
        NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
    }
}
