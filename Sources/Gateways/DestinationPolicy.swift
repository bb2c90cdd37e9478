import Kernel

/// How one destination is treated.
public struct DestinationPolicy: Sendable, Equatable {
    /// Calls in flight at the same time, 1 or more.
    public var concurrency: Int
    public var backoff: Backoff
    /// After so many tries the effect ends as refused with `attempts_exhausted`; `nil` tries for ever.
    public var attemptsMax: Int?
    /// So many failures in a row open the circuit, 1 or more.
    public var failuresToOpen: Int
    /// How long an open circuit lets nothing through; doubled each time a probe fails.
    public var openFor: Duration
    public var openForMax: Duration

    public init(
        concurrency: Int = 32, backoff: Backoff = Backoff(base: .milliseconds(250), cap: .seconds(30)),
        attemptsMax: Int? = nil, failuresToOpen: Int = 10, openFor: Duration = .seconds(2),
        openForMax: Duration = .seconds(30)
    ) {
        precondition(concurrency > 0 && failuresToOpen > 0 && openFor > .zero && openForMax >= openFor)
        self.concurrency = concurrency
        self.backoff = backoff
        self.attemptsMax = attemptsMax
        self.failuresToOpen = failuresToOpen
        self.openFor = openFor
        self.openForMax = openForMax
    }

    /// Longer than this nothing waits for its next try.
    var waitMax: Duration { max(backoff.cap, openForMax) }

    /// For customers' webhooks: from seconds to 20 hours, about three days together.
    public static let webhook = DestinationPolicy(
        concurrency: 4, backoff: Backoff(base: .seconds(5), factor: 4, cap: .seconds(72_000)), attemptsMax: 14,
        failuresToOpen: 20, openFor: .seconds(30), openForMax: .seconds(3_600))

    /// For mail, which goes to this machine's disk or mail program.
    public static let mail = DestinationPolicy(concurrency: 4)
}
