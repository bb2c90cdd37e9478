import Contracts
import Kernel
import Ports
import Shipping
import ShippingService
import Synchronization

/// Everything outside: a payment provider and two couriers with books of their own, which survive our crashes, and a
/// network that loses requests and answers.
public final class SimulatedWorld: EffectSink {
    /// Something that reaches us.
    enum Arrival {
        case outcome(Effect, EffectOutcome)
        case report(carrier: String, ReportEntry)
    }

    private enum Happening {
        case call(Effect)
        case arrival(Arrival)
    }

    private struct Scheduled: Comparable {
        let at: Instant
        let number: Int
        let happening: Happening

        static func < (left: Self, right: Self) -> Bool { (left.at, left.number) < (right.at, right.number) }
        static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    }

    private struct State {
        var random: SeededGenerator
        var queue = MinHeap<Scheduled>()
        var counter = 0
        /// Submitted and not yet answered; a second submission of one of these is none.
        var known: Set<EffectKey> = []
        var outages: Outages
        /// Calls that were not made since their destination is known to be down.
        var withheld = 0
        var payments = PaymentBooks()
        var couriers = ["swift": CourierBooks(code: "swift"), "turtle": CourierBooks(code: "turtle")]
        var violations: [String] = []

        mutating func schedule(_ happening: Happening, at instant: Instant) {
            counter += 1
            queue.insert(Scheduled(at: instant, number: counter, happening: happening))
        }

        mutating func delay(_ milliseconds: ClosedRange<Int>) -> Duration {
            .milliseconds(Int.random(in: milliseconds, using: &random))
        }
    }

    private let clock: VirtualClock
    private let state: Mutex<State>

    init(seed: UInt64, clock: VirtualClock) {
        self.clock = clock
        state = Mutex(State(random: SeededGenerator(seed: seed), outages: Outages(seed: seed, from: clock.now)))
    }

    public func submit(_ effects: [Effect]) {
        let now = clock.now
        state.withLock { state in
            for effect in effects where state.known.insert(effect.key).inserted {
                let delay = state.delay(1...1500)
                state.schedule(.call(effect), at: max(now, effect.dueAt) + delay)
            }
        }
    }

    /// The processes of these services are gone: answers on their way to them are lost, and so are calls that they had
    /// not made yet; half of those that were about to be made had just left. Couriers keep their reports until we
    /// acknowledge them.
    func forgetCallers(_ services: [Topic]) {
        state.withLock { state in
            var kept: [Scheduled] = []
            while let next = state.queue.popFirst() {
                switch next.happening {
                case .call(let effect) where services.contains(effect.key.kind.caller):
                    if state.random.chance(0.5), next.at - clock.now < .seconds(5),
                        state.outages.end(effect.request.destination, at: clock.now) == nil
                    {
                        _ = Self.perform(effect, &state)
                    }
                case .arrival(.outcome(let effect, _)) where services.contains(effect.key.kind.caller): break
                case .call, .arrival: kept.append(next)
                }
            }
            for item in kept { state.queue.insert(item) }
            state.known = state.known.filter { !services.contains($0.kind.caller) }
        }
    }

    var nextDue: Instant? { state.withLock { $0.queue.first?.at } }

    /// Makes the calls that are due and returns what reaches us now.
    func arrivals() -> [Arrival] {
        let now = clock.now
        return state.withLock { state in
            var arrivals: [Arrival] = []
            while let next = state.queue.first, next.at <= now {
                _ = state.queue.popFirst()
                switch next.happening {
                case .arrival(let arrival):
                    if case .outcome(let effect, _) = arrival { state.known.remove(effect.key) }
                    arrivals.append(arrival)
                case .call(let effect): Self.call(effect, &state, now: now)
                }
            }
            return arrivals
        }
    }

    /// The parcels of a fulfillment order were physically handed to the courier.
    func collect(_ fulfillment: FulfillmentID, at time: Instant) {
        state.withLock { state in
            for code in ["swift", "turtle"] {
                guard let number = state.couriers[code]?.collect(fulfillment) else { continue }
                let reports = ParcelJourney.arrivals(of: number, carrier: code, from: time, &state.random)
                for report in reports {
                    state.schedule(.arrival(.report(carrier: code, report.entry)), at: max(clock.now, report.at))
                }
                return
            }
            state.violations.append("\(fulfillment) was handed over, and no courier has a label for it")
        }
    }

    /// A courier was not acknowledged and reports again.
    func reportAgain(_ entries: [(carrier: String, entry: ReportEntry)]) {
        state.withLock { state in
            for (carrier, entry) in entries {
                let delay = state.delay(1000...60_000)
                state.schedule(.arrival(.report(carrier: carrier, entry)), at: clock.now + delay)
            }
        }
    }

    // MARK: Calls

    /// One try over a network that may lose the request or the answer, at a party that may be down.
    private static func call(_ effect: Effect, _ state: inout State, now: Instant) {
        if let end = state.outages.end(effect.request.destination, at: now) {
            return callInVain(effect, until: end, &state, now: now)
        }
        let dice = Int.random(in: 0..<100, using: &state.random)
        let later = now + state.delay(200...30_000)
        let outcome: EffectOutcome
        switch dice {
        case 0..<6:
            outcome =
                effect.isUncertain
                ? .unknown(reason: "no connection", lookUpAt: later)
                : .failed(reason: "no connection", retryAt: later)
        case 6..<10: outcome = .unknown(reason: "the request was lost", lookUpAt: later)
        case 10..<15:
            _ = perform(effect, &state)
            outcome = .unknown(reason: "the answer was lost", lookUpAt: later)
        default: outcome = perform(effect, &state)
        }
        let arrival = now + state.delay(1...800)
        state.schedule(.arrival(.outcome(effect, outcome)), at: arrival)
        switch outcome {
        case .done, .refused:
            if state.random.chance(0.1) {
                state.schedule(.arrival(.outcome(effect, outcome)), at: arrival + state.delay(1...60_000))
            }
        case .failed, .withheld, .unknown: break
        }
    }

    /// The first calls to a party that is down fail; once that is known, calls are not made at all.
    private static func callInVain(_ effect: Effect, until end: Instant, _ state: inout State, now: Instant) {
        let again = now + min(state.delay(5000...600_000), end - now + .seconds(1))
        let isKnown = state.random.chance(0.8)
        let outcome: EffectOutcome
        switch (effect.isUncertain, isKnown) {
        case (true, _): outcome = .unknown(reason: "the party is down", lookUpAt: again)
        case (false, true):
            state.withheld += 1
            outcome = .withheld(reason: "the party is known to be down", retryAt: again)
        case (false, false): outcome = .failed(reason: "the party is down", retryAt: again)
        }
        state.schedule(.arrival(.outcome(effect, outcome)), at: now + state.delay(1...800))
    }

    private static func perform(_ effect: Effect, _ state: inout State) -> EffectOutcome {
        let reference = effect.key.reference
        switch effect.request {
        case .authorizePayment, .capturePayment, .voidPayment, .refundPayment:
            return state.payments.perform(effect.request, reference: reference)
        case .bookShipment(let booking):
            let isWilling = !state.random.chance(0.04)
            return state.couriers[booking.carrier]?.book(booking, reference: reference, isWilling: isWilling)
                ?? .refused(code: "unknown_carrier", detail: booking.carrier)
        case .voidShipment(_, let carrier, let booking):
            return state.couriers[carrier]?.void(booking, reference: reference)
                ?? .refused(code: "unknown_carrier", detail: carrier)
        case .sendMail, .deliverWebhook: return .done(.acknowledged)
        }
    }

    // MARK: Books

    /// Calls that were not made since their destination is known to be down.
    var withheld: Int { state.withLock { $0.withheld } }

    var authorizations: [PaymentBooks.Authorization] {
        state.withLock { Array($0.payments.authorizations.values) }
    }

    var labels: [CourierBooks.Label] {
        state.withLock { state in
            ["swift", "turtle"].flatMap { state.couriers[$0].map { Array($0.labels.values) } ?? [] }
        }
    }

    /// What was asked of the outside and should never have been.
    var violations: [String] {
        state.withLock { state in
            state.violations + state.payments.violations
                + ["swift", "turtle"].flatMap { state.couriers[$0]?.violations ?? [] }
        }
    }
}
