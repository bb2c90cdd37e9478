import Kernel
import Runtime
import Synchronization

/// One run of the audit.
public struct AuditReport: Sendable, Equatable {
    public let finishedAt: Instant
    public let checks: [AuditCheck]

    public init(finishedAt: Instant, checks: [AuditCheck]) {
        self.finishedAt = finishedAt
        self.checks = checks
    }

    public var holds: Bool { checks.allSatisfy(\.holds) }
}

/// Where the background audit leaves its latest result.
public final class AuditBoard: Sendable {
    private let report = Mutex<AuditReport?>(nil)

    public init() {}

    public var latest: AuditReport? { report.withLock { $0 } }

    public func post(_ report: AuditReport) { self.report.withLock { $0 = report } }
}
