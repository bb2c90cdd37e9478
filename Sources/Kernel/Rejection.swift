/// The business says no: a typed answer with a stable code, written for whoever asked.
public protocol Rejection: Error, Sendable, Equatable {
    /// Stable and never reused, in snake_case, for example `insufficient_stock`.
    var code: String { get }
    /// One sentence for people, built from the rejection's fields.
    var detail: String { get }
}

/// The world misbehaved: a disk, a network, a server, bytes that are not what they should be.
public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Stable, in snake_case, for example `database_busy`.
    public let code: String
    /// Whether doing the same again can help.
    public let isRetryable: Bool
    /// Everything known, for the log; never shown to callers.
    public let debugDetail: String

    public init(_ code: String, retryable: Bool, _ debugDetail: String) {
        self.code = code
        isRetryable = retryable
        self.debugDetail = debugDetail
    }

    public var description: String { "\(code): \(debugDetail)" }
}
