import Dispatch
import Kernel
import Ports
import Synchronization

/// Runs effects when they are due, within each destination's limits, and brings every outcome back.
///
/// It retries nothing by itself: a try that did not end the effect goes back to the worker with the time of the next
/// one, is recorded there and comes again. Effects that wait cost a place in a heap; only those in flight have a task.
/// While a destination's circuit is open its effects are not called; the ones that are due go back as withheld (or
/// unknown, if they were uncertain), with a later time.
public final class EffectRunner: EffectSink {
    public struct Options: Sendable {
        /// By destination, or by what stands before its slash (`carrier`, `webhook`).
        public var policies: [String: DestinationPolicy]
        public var standard: DestinationPolicy
        /// Of the jitter.
        public var seed: UInt64

        public init(
            policies: [String: DestinationPolicy] = ["webhook": .webhook, "mail": .mail],
            standard: DestinationPolicy = DestinationPolicy(), seed: UInt64
        ) {
            self.policies = policies
            self.standard = standard
            self.seed = seed
        }

        func policy(_ destination: String) -> DestinationPolicy {
            if let exact = policies[destination] { return exact }
            let kind = destination.prefix { $0 != "/" }
            return policies[String(kind)] ?? standard
        }
    }

    /// Is told every outcome, on a thread of Swift's pool or of the submitter: it must not block.
    public typealias Report = @Sendable (Effect, EffectOutcome) -> Void

    private struct State {
        var lanes: [String: Lane] = [:]
        /// Waiting or in flight: an effect that is submitted again meanwhile is the same one.
        var known: Set<EffectKey> = []
        /// Counts submissions and tasks.
        var counter: UInt64 = 0
        var jitter: SeededGenerator
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var isStopping = false
        var stopped: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let gateway: any EffectGateway
    private let clock: any WallClock
    private let options: Options
    private let report: Report
    private let isOurs: @Sendable (Effect, Instant) -> Bool
    private let alarm = Alarm()

    /// - Parameter isOurs: whether this process may call for an effect's partition at that time; asked before each call, and
    ///   again when nothing but its body is left to be sent.
    public init(
        gateway: any EffectGateway, clock: any WallClock, options: Options,
        isOurs: @escaping @Sendable (Effect, Instant) -> Bool = { _, _ in true }, report: @escaping Report
    ) {
        self.gateway = gateway
        self.clock = clock
        self.options = options
        self.isOurs = isOurs
        self.report = report
        state = Mutex(State(jitter: SeededGenerator(seed: options.seed)))
        alarm.onRing { [weak self] in self?.advanceAll() }
    }

    /// Takes effects over. Never blocks on a call; after ``stop(within:)`` it drops them, since they are durable with
    /// whoever decided them.
    ///
    /// What is due later than its destination ever waits became so by a clock that was set back; it is due then.
    /// - Complexity: O(n log waiting).
    public func submit(_ effects: [Effect]) {
        let now = clock.now
        let touched = state.withLock { state -> Set<String> in
            var touched: Set<String> = []
            guard !state.isStopping else { return touched }
            for effect in effects where state.known.insert(effect.key).inserted {
                let destination = effect.request.destination
                state.counter += 1
                var effect = effect
                effect.dueAt = min(effect.dueAt, now + options.policy(destination).waitMax)
                let waiting = Lane.Waiting(effect: effect, number: state.counter)
                state.lanes[destination, default: Lane(policy: options.policy(destination), now: now)]
                    .queue.insert(waiting)
                touched.insert(destination)
            }
            return touched
        }
        for destination in touched { advance(destination) }
    }

    /// Drops what waits and matches, since another process has it now. A call in flight ends as it will, and its outcome
    /// is told.
    /// - Complexity: O(n log n) of what waits.
    public func forget(where isAnothers: (Effect) -> Bool) {
        state.withLock { state in
            for destination in state.lanes.keys {
                let dropped = state.lanes[destination]?.queue.remove { isAnothers($0.effect) } ?? []
                for waiting in dropped { state.known.remove(waiting.effect.key) }
            }
        }
    }

    /// Every destination that has work, or whose circuit is not closed or counts failures, by name.
    public func circuits() -> [CircuitSnapshot] {
        state.withLock { state in state.lanes.map { $0.value.snapshot($0.key) } }
            .sorted { $0.destination < $1.destination }
    }

    /// Begins nothing more, waits for what is in flight, and cancels what is not done in time, which ends as unknown.
    ///
    /// - Parameter deadline: from now.
    /// - Returns: how many calls had to be cancelled.
    public func stop(within deadline: Duration) async -> Int {
        state.withLock { state in
            state.isStopping = true
            for destination in state.lanes.keys { state.lanes[destination]?.queue.removeAll() }
        }
        alarm.cancel()
        let canceller = Task { [self] in
            do {
                try await Task.sleep(for: deadline)
            } catch {
                return 0
            }
            let tasks = state.withLock { Array($0.tasks.values) }
            for task in tasks { task.cancel() }
            return tasks.count
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.tasks.isEmpty { state.stopped.append(continuation) }
                return state.tasks.isEmpty
            }
            if isIdle { continuation.resume() }
        }
        canceller.cancel()
        return await canceller.value
    }

    // MARK: Calling

    private func advanceAll() {
        let destinations = state.withLock { Array($0.lanes.keys) }
        for destination in destinations { advance(destination) }
    }

    /// Begins every call that one destination allows now.
    private func advance(_ destination: String) {
        while let effect = next(destination) {
            state.withLock { state in
                state.counter += 1
                let number = state.counter
                state.tasks[number] = Task { await self.run(effect, destination, number) }
            }
        }
    }

    /// Makes one call after the other, as long as there are some: a task for each would cost more.
    private func run(_ first: Effect, _ destination: String, _ number: UInt64) async {
        var current: Effect? = first
        while let effect = current {
            let (isOurs, clock) = (isOurs, clock)
            let lastWord = LastWord { isOurs(effect, clock.now) }
            let outcome = await LastWord.$ofCall.withValue(lastWord) {
                await gateway.perform(effect, now: clock.now)
            }
            end(effect, outcome, destination)
            current = next(destination)
            // A circuit that closed just now lets more through than this task takes.
            advance(destination)
        }
        let stopped = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.tasks[number] = nil
            guard state.isStopping, state.tasks.isEmpty else { return [] }
            defer { state.stopped = [] }
            return state.stopped
        }
        for continuation in stopped { continuation.resume() }
    }

    /// The next effect to call; those that an open circuit keeps from being called are handed back on the way.
    private func next(_ destination: String) -> Effect? {
        let now = clock.now
        var shed: [(Effect, EffectOutcome)] = []
        let effect = state.withLock { state -> Effect? in
            guard !state.isStopping else { return nil }
            while let step = state.lanes[destination]?.step(now, { isOurs($0, now) }) {
                switch step {
                case .passed: continue
                case .call(let effect): return effect
                case .shed(let effect, let until):
                    let outcome: EffectOutcome =
                        effect.isUncertain
                        ? .unknown(reason: "circuit open", lookUpAt: until)
                        : .withheld(reason: "circuit open", retryAt: until)
                    state.known.remove(effect.key)
                    shed.append((effect, postponed(effect, outcome, destination, now, &state)))
                case .sleep(let until):
                    if let until { alarm.set(in: until - now) }
                    if state.lanes[destination]?.isForgettable == true { state.lanes[destination] = nil }
                    return nil
                }
            }
            return nil
        }
        for (effect, outcome) in shed { report(effect, outcome) }
        return effect
    }

    private func end(_ effect: Effect, _ outcome: EffectOutcome, _ destination: String) {
        let now = clock.now
        let outcome = state.withLock { state in
            state.lanes[destination]?.ended(outcome, at: now)
            state.known.remove(effect.key)
            return postponed(effect, outcome, destination, now, &state)
        }
        report(effect, outcome)
    }

    /// An outcome with the time of the next try, or the end of trying.
    private func postponed(
        _ effect: Effect, _ outcome: EffectOutcome, _ destination: String, _ now: Instant, _ state: inout State
    ) -> EffectOutcome {
        let policy = options.policy(destination)
        let wait = policy.backoff.wait(attempts: effect.attempts, using: &state.jitter)
        let exhausted = policy.attemptsMax.map { effect.attempts + 1 >= $0 } ?? false
        switch outcome {
        case .failed(let reason, _) where exhausted, .withheld(let reason, _) where exhausted,
            .unknown(let reason, _) where exhausted:
            return .refused(code: "attempts_exhausted", detail: "\(effect.attempts + 1) tries, the last: \(reason)")
        case .failed(let reason, let at): return .failed(reason: reason, retryAt: max(at, now + wait))
        case .withheld(let reason, let at): return .withheld(reason: reason, retryAt: max(at, now + wait))
        case .unknown(let reason, let at): return .unknown(reason: reason, lookUpAt: max(at, now + wait))
        case .done, .refused: return outcome
        }
    }
}
