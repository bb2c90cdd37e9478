import Kernel
import Ports

/// What waits for one destination, and what it may take.
struct Lane {
    struct Waiting: Comparable {
        let effect: Effect
        /// Of submission: what is due at the same time goes in the order it came.
        let number: UInt64

        static func < (left: Self, right: Self) -> Bool {
            (left.effect.dueAt, left.number) < (right.effect.dueAt, right.number)
        }

        static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    }

    let policy: DestinationPolicy
    var queue = MinHeap<Waiting>()
    var breaker: CircuitBreaker
    var inFlight = 0

    init(policy: DestinationPolicy, now: Instant) {
        self.policy = policy
        breaker = CircuitBreaker(since: now)
    }

    /// What to do with the effect that is due first.
    enum Step {
        case call(Effect)
        /// The circuit is open: the worker hears of it, so that an effect that was withdrawn meanwhile can end.
        case shed(Effect, until: Instant)
        /// The first is not ours to call, or not now: it waits a moment.
        case passed
        /// Nothing before this time; `nil`: nothing before something else happens.
        case sleep(until: Instant?)
    }

    /// How long an effect waits that was due while its partition's lease was over. By then the lease is proved anew, or
    /// lost, and the effect forgotten.
    static let ownershipPause = Duration.milliseconds(250)

    /// Takes the next step. A call that it returns is counted as in flight.
    mutating func step(_ now: Instant, _ isOurs: (Effect) -> Bool = { _ in true }) -> Step {
        guard let waiting = queue.first else { return .sleep(until: nil) }
        let first = waiting.effect
        guard first.dueAt <= now else { return .sleep(until: first.dueAt) }
        guard isOurs(first) else {
            _ = queue.popFirst()
            var later = first
            later.dueAt = now + Self.ownershipPause
            queue.insert(Waiting(effect: later, number: waiting.number))
            return .passed
        }
        guard inFlight < policy.concurrency else { return .sleep(until: nil) }
        switch breaker.permission(at: now) {
        case .granted:
            inFlight += 1
            _ = queue.popFirst()
            return .call(first)
        case .refused(let until):
            _ = queue.popFirst()
            return .shed(first, until: until)
        case .waiting: return .sleep(until: nil)
        }
    }

    mutating func ended(_ outcome: EffectOutcome, at now: Instant) {
        inFlight -= 1
        switch outcome {
        case .done, .refused: breaker.succeeded(at: now)
        case .failed, .withheld, .unknown: breaker.failed(at: now, policy)
        }
    }

    /// Whether it holds nothing that a new one would not have.
    var isForgettable: Bool { queue.isEmpty && inFlight == 0 && breaker.state == .closed && breaker.failures == 0 }

    func snapshot(_ destination: String) -> CircuitSnapshot {
        let state: CircuitSnapshot.State
        switch breaker.state {
        case .closed: state = .closed
        case .open: state = .open
        case .halfOpen: state = .halfOpen
        }
        return CircuitSnapshot(
            destination: destination, state: state, failures: breaker.failures, since: breaker.since,
            waiting: queue.count, inFlight: inFlight)
    }
}
