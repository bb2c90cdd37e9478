import Kernel
import Orders

/// What an operator sets.
public struct OrdersOptions: Sendable {
    /// How long an order may wait for its payment before it is rejected and its stock released; whole seconds.
    public var paymentLimit: Duration
    /// How long fulfilling may take before the order is flagged as late; whole seconds.
    public var jeopardyAfter: Duration
    public var notifications: NotificationPolicy
    /// How long the process of an order is kept after it ended; the order itself is kept for ever.
    public var finishedProcessesKept: Duration
    public var returns: ReturnPolicy

    public init(
        paymentLimit: Duration = .seconds(24 * 3600), jeopardyAfter: Duration = .seconds(48 * 3600),
        notifications: NotificationPolicy = .standard, finishedProcessesKept: Duration = .seconds(90 * 86_400),
        returns: ReturnPolicy = ReturnPolicy()
    ) {
        self.paymentLimit = paymentLimit
        self.jeopardyAfter = jeopardyAfter
        self.notifications = notifications
        self.finishedProcessesKept = finishedProcessesKept
        self.returns = returns
    }

    /// ISO 8601, as the process file expects it.
    static func iso8601(_ duration: Duration) -> String { "PT\(max(1, duration.inMilliseconds / 1000))S" }
}
