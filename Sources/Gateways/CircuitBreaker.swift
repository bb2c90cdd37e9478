import Kernel

/// Keeps a destination that fails from being called until it had time to recover. Pure: time comes with each question.
///
/// Closed lets everything through and counts failures in a row; open lets nothing through; half-open lets one probe
/// through, whose end closes or opens it again.
struct CircuitBreaker: Sendable, Equatable {
    enum State: Sendable, Equatable {
        case closed
        case open(until: Instant)
        case halfOpen
    }

    private(set) var state = State.closed
    /// In a row; a success sets it to 0.
    private(set) var failures = 0
    /// When the state became what it is.
    private(set) var since: Instant
    private var openedInARow = 0
    private var isProbing = false

    init(since: Instant) { self.since = since }

    /// Whether a call may begin, and if not, from when on it is worth asking.
    enum Permission: Equatable {
        case granted
        /// Nothing goes through until then.
        case refused(until: Instant)
        /// A probe is on its way; its end decides.
        case waiting
    }

    /// Asks for one call; when granted, its end must be told by ``succeeded(at:)`` or ``failed(at:_:)``.
    mutating func permission(at now: Instant) -> Permission {
        switch state {
        case .closed: return .granted
        case .open(let until):
            guard now >= until else { return .refused(until: until) }
            enter(.halfOpen, now)
            isProbing = true
            return .granted
        case .halfOpen:
            guard !isProbing else { return .waiting }
            isProbing = true
            return .granted
        }
    }

    mutating func succeeded(at now: Instant) {
        failures = 0
        isProbing = false
        openedInARow = 0
        if state != .closed { enter(.closed, now) }
    }

    mutating func failed(at now: Instant, _ policy: DestinationPolicy) {
        failures += 1
        isProbing = false
        switch state {
        case .closed where failures >= policy.failuresToOpen: open(now, policy)
        case .halfOpen: open(now, policy)
        // Calls that were in flight when it opened do not open it further.
        case .closed, .open: break
        }
    }

    private mutating func open(_ now: Instant, _ policy: DestinationPolicy) {
        let doubled = policy.openFor.inMilliseconds << Int64(min(openedInARow, 20))
        openedInARow += 1
        enter(.open(until: now + .milliseconds(min(doubled, policy.openForMax.inMilliseconds))), now)
    }

    private mutating func enter(_ new: State, _ now: Instant) {
        state = new
        since = now
    }
}

/// One destination as people see it: for metrics and the command line.
public struct CircuitSnapshot: Sendable, Equatable {
    public enum State: String, Sendable {
        case closed
        case open
        case halfOpen = "half_open"
    }

    /// For example `carrier/swift`.
    public let destination: String
    public let state: State
    /// In a row.
    public let failures: Int
    /// When the circuit entered its state.
    public let since: Instant
    public let waiting: Int
    public let inFlight: Int
}
