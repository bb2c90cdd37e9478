import Kernel

/// The one mapping from what services say no with to HTTP statuses. Exhaustive: a new case does not compile until it
/// has its status.
enum RejectionStatus {
    static func status(of rejection: any Rejection) -> Int {
        409
    }

    static func extraMembers(of rejection: any Rejection) -> (@Sendable (inout JSONWriter) -> Void)? {
        nil
    }
}
