import Kernel

/// A destination of outgoing calls, as its breaker sees it; given by whoever runs the calls.
public struct CircuitView: Sendable, Equatable {
    /// For example `carrier/swift`, `payment`, `mail`.
    public let destination: String
    /// `closed`, `open` or `half_open`.
    public let state: String
    /// Failures in a row.
    public let failures: Int
    public let since: Instant
    public let waiting: Int
    public let inFlight: Int

    public init(
        destination: String, state: String, failures: Int, since: Instant, waiting: Int, inFlight: Int
    ) {
        self.destination = destination
        self.state = state
        self.failures = failures
        self.since = since
        self.waiting = waiting
        self.inFlight = inFlight
    }

    func write(_ json: inout JSONWriter) {
        json.member("destination", destination)
        json.member("state", state)
        json.member("failures", failures)
        json.member("since", since)
        json.member("waiting", waiting)
        json.member("in_flight", inFlight)
    }
}
