import Foundation

/// Runs something that blocks on a thread of its own, so that async code can wait for it without blocking the threads
/// that it shares.
public enum OwnThread {
    /// - Returns: what `body` returns, when it has.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
