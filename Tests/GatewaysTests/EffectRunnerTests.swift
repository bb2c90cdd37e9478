import Foundation
import Kernel
import Ports
import Synchronization
import Testing

@testable import Gateways

/// A gateway whose calls end when and as the test says.
private final class ScriptedGateway: EffectGateway {
    private struct State {
        var waiting: [(EffectKey, CheckedContinuation<EffectOutcome, Never>)] = []
        var calls: [EffectKey] = []
        var inFlight = 0
        var inFlightMax = 0
        var immediate: EffectOutcome?
    }

    private let state = Mutex(State())

    init(immediate: EffectOutcome? = nil) { state.withLock { $0.immediate = immediate } }

    var calls: [EffectKey] { state.withLock { $0.calls } }
    var inFlight: Int { state.withLock { $0.inFlight } }
    var inFlightMax: Int { state.withLock { $0.inFlightMax } }

    func answerAtOnce(_ outcome: EffectOutcome?) { state.withLock { $0.immediate = outcome } }

    func perform(_ effect: Effect, now: Instant) async -> EffectOutcome {
        let immediate = state.withLock { state -> EffectOutcome? in
            state.calls.append(effect.key)
            state.inFlightMax = max(state.inFlightMax, state.inFlight + 1)
            return state.immediate
        }
        if let immediate { return immediate }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    // Counted once it can be ended, since tests end what is in flight.
                    state.waiting.append((effect.key, continuation))
                    state.inFlight += 1
                    state.inFlightMax = max(state.inFlightMax, state.inFlight)
                }
            }
        } onCancel: {
            endAll(.unknown(reason: "cancelled", lookUpAt: now))
        }
    }

    func endAll(_ outcome: EffectOutcome) {
        let ended = state.withLock { state in
            defer { state.waiting = [] }
            state.inFlight -= state.waiting.count
            return state.waiting
        }
        for (_, continuation) in ended { continuation.resume(returning: outcome) }
    }
}

@Suite("Effect runner")
struct EffectRunnerTests {
    private let now = Instant(milliseconds: 0)

    private func runner(
        _ gateway: any EffectGateway, _ recorder: OutcomeRecorder,
        _ policy: DestinationPolicy = DestinationPolicy(), webhook: DestinationPolicy = .webhook
    ) -> EffectRunner {
        EffectRunner(
            gateway: gateway, clock: SystemClock(),
            options: .init(policies: ["webhook": webhook], standard: policy, seed: 1),
            report: { recorder.record($0, $1) })
    }

    private func payments(_ numbers: ClosedRange<Int64>, dueIn: Duration? = nil) -> [Effect] {
        numbers.map { number in
            var effect = Sample.authorize(number)
            if let dueIn { effect.dueAt = SystemClock().now + dueIn }
            return effect
        }
    }

    @Test("No more calls are in flight than the destination allows, and all are made, in order")
    func concurrency() async throws {
        let (gateway, recorder) = (ScriptedGateway(), OutcomeRecorder())
        let runner = runner(gateway, recorder, DestinationPolicy(concurrency: 3))
        runner.submit(payments(1...20))
        for _ in 0..<20 where recorder.count < 20 {
            let known = recorder.count
            try await eventually("calls are in flight") { gateway.inFlight == min(3, 20 - known) }
            gateway.endAll(.done(.acknowledged))
            try await eventually("outcomes came") { recorder.count == min(known + 3, 20) }
        }
        #expect(gateway.inFlightMax == 3)
        #expect(gateway.calls.map(\.subject).sorted() == Array(1...20))
        #expect(Set(gateway.calls.prefix(3).map(\.subject)) == [1, 2, 3])
        #expect(runner.circuits().isEmpty)
    }

    @Test("An effect waits until it is due, behind later submissions that are due earlier")
    func due() async throws {
        let (gateway, recorder) = (ScriptedGateway(immediate: .done(.acknowledged)), OutcomeRecorder())
        let runner = runner(gateway, recorder)
        let late = payments(1...1, dueIn: .milliseconds(120))
        let early = payments(2...2, dueIn: .milliseconds(40))
        runner.submit(late)
        runner.submit(early)
        #expect(gateway.calls.isEmpty)
        #expect(runner.circuits().first?.waiting == 2)
        try await eventually("both were called") { recorder.count == 2 }
        #expect(gateway.calls.map(\.subject) == [2, 1])
        #expect(SystemClock().now >= late[0].dueAt)
    }

    @Test("What a clock that was set back would let wait for hours is due after the longest wait")
    func setBack() async throws {
        let (gateway, recorder) = (ScriptedGateway(immediate: .done(.acknowledged)), OutcomeRecorder())
        let runner = runner(
            gateway, recorder,
            DestinationPolicy(
                backoff: Backoff(base: .milliseconds(10), cap: .milliseconds(30)), openFor: .milliseconds(10),
                openForMax: .milliseconds(30)))
        runner.submit(payments(1...1, dueIn: .seconds(3600)))
        try await eventually("it was called") { recorder.count == 1 }
    }

    @Test("An effect that is waiting or in flight is not taken a second time, one that ended is")
    func duplicates() async throws {
        let (gateway, recorder) = (ScriptedGateway(), OutcomeRecorder())
        let runner = runner(gateway, recorder)
        runner.submit(payments(1...1) + payments(1...1))
        try await eventually("it is in flight") { gateway.inFlight == 1 }
        runner.submit(payments(1...1))
        gateway.endAll(.failed(reason: "busy", retryAt: now))
        try await eventually("the outcome came") { recorder.count == 1 }
        runner.submit(payments(1...1))
        try await eventually("it is in flight again") { gateway.inFlight == 1 }
        gateway.endAll(.done(.acknowledged))
        try await eventually("the second outcome came") { recorder.count == 2 }
        #expect(gateway.calls.count == 2)
    }

    @Test("Destinations do not wait for one another")
    func destinations() async throws {
        let (gateway, recorder) = (ScriptedGateway(), OutcomeRecorder())
        let runner = runner(gateway, recorder, DestinationPolicy(concurrency: 1))
        runner.submit(payments(1...2))
        runner.submit([try Sample.book(3), try Sample.book(4, carrier: "turtle")])
        try await eventually("one of each is in flight") { gateway.inFlight == 3 }
        #expect(runner.circuits().map(\.destination) == ["carrier/swift", "carrier/turtle", "payment"])
        gateway.answerAtOnce(.done(.acknowledged))
        gateway.endAll(.done(.acknowledged))
        try await eventually("all ended") { recorder.count == 4 }
    }

    @Test("What failed comes back later by the backoff, never before Retry-After")
    func retryTimes() async throws {
        let later = SystemClock().now + .seconds(3_600)
        let (gateway, recorder) = (
            ScriptedGateway(immediate: .failed(reason: "down", retryAt: later)), OutcomeRecorder()
        )
        let policy = DestinationPolicy(
            backoff: Backoff(base: .seconds(1), cap: .seconds(8)), failuresToOpen: 1_000)
        let runner = runner(gateway, recorder, policy)
        runner.submit(payments(1...1))
        try await eventually("the outcome came") { recorder.count == 1 }
        #expect(recorder.all[0].outcome == .failed(reason: "down", retryAt: later))
        gateway.answerAtOnce(.unknown(reason: "gone", lookUpAt: now))
        for attempts in 0..<40 {
            var effect = Sample.authorize(Int64(attempts) + 10)
            effect.attempts = attempts
            let before = SystemClock().now
            let known = recorder.count
            runner.submit([effect])
            try await eventually("the outcome came") { recorder.count == known + 1 }
            guard case .unknown("gone", let at) = recorder.all[known].outcome else {
                Issue.record("\(recorder.all[known].outcome)")
                return
            }
            #expect(at >= before + policy.backoff.floor)
            #expect(at <= SystemClock().now + policy.backoff.bound(attempts: attempts))
        }
    }

    @Test("Webhooks end as refused after their last try")
    func exhausted() async throws {
        let (gateway, recorder) = (
            ScriptedGateway(immediate: .failed(reason: "HTTP 500", retryAt: now)), OutcomeRecorder()
        )
        var policy = DestinationPolicy.webhook
        policy.attemptsMax = 3
        let runner = runner(gateway, recorder, webhook: policy)
        for attempts in 0...3 {
            var effect = Sample.effect(
                .deliverWebhook, Int64(attempts) + 1,
                .deliverWebhook(endpointID: EndpointID(rawValue: 1), messageID: "m", type: "t", body: "{}"))
            effect.attempts = attempts
            runner.submit([effect])
            try await eventually("the outcome came") { recorder.count == attempts + 1 }
        }
        #expect(recorder.all.map { Expected($0.outcome) } == [.failed, .failed, .refused, .refused])
        #expect(
            recorder.all[2].outcome
                == .refused(code: "attempts_exhausted", detail: "3 tries, the last: HTTP 500"))
    }

    @Test("A circuit opens after failures in a row, hands back what is due, lets one probe through, and closes")
    func circuit() async throws {
        let (gateway, recorder) = (ScriptedGateway(immediate: .failed(reason: "down", retryAt: now)), OutcomeRecorder())
        let policy = DestinationPolicy(
            concurrency: 1, backoff: Backoff(base: .milliseconds(20), cap: .milliseconds(40)), failuresToOpen: 3,
            openFor: .milliseconds(150), openForMax: .seconds(1))
        let runner = runner(gateway, recorder, policy)
        runner.submit(payments(1...10))
        try await eventually("all came back") { recorder.count == 10 }
        #expect(gateway.calls.count == 3)
        #expect(runner.circuits().map(\.state) == [.open])
        #expect(runner.circuits()[0].failures == 3)
        let shed = recorder.all.filter { $0.outcome != .failed(reason: "down", retryAt: now) }.suffix(7)
        for (_, outcome) in shed {
            guard case .withheld("circuit open", let at) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(at > SystemClock().now - .seconds(2))
        }
        // One that may have happened stays one that may have happened.
        var uncertain = Sample.authorize(50)
        uncertain.isUncertain = true
        runner.submit([uncertain])
        try await eventually("it came back") { recorder.count == 11 }
        #expect(Expected(recorder.all[10].outcome) == .unknown)
        #expect(gateway.calls.count == 3)
        // Still down: the probe opens it again, and for longer.
        runner.submit(payments(60...60, dueIn: .milliseconds(200)))
        try await eventually("the probe went through") { gateway.calls.count == 4 }
        try await eventually("it is open again") { runner.circuits().first?.state == .open }
        gateway.answerAtOnce(.done(.acknowledged))
        runner.submit(payments(70...79, dueIn: .milliseconds(400)))
        try await eventually("a probe succeeded and closed it") { runner.circuits().isEmpty }
        #expect(gateway.calls.count == 14)
        #expect(recorder.all.count { Expected($0.outcome) == .done } == 10)
    }

    @Test("While a probe is on its way the others wait for it, and all go through when it succeeds")
    func halfOpen() async throws {
        let (gateway, recorder) = (
            ScriptedGateway(immediate: .unknown(reason: "lost", lookUpAt: now)), OutcomeRecorder()
        )
        let policy = DestinationPolicy(concurrency: 4, failuresToOpen: 1, openFor: .milliseconds(50))
        let runner = runner(gateway, recorder, policy)
        runner.submit(payments(1...1))
        try await eventually("it opened") { runner.circuits().first?.state == .open }
        gateway.answerAtOnce(nil)
        runner.submit(payments(2...20, dueIn: .milliseconds(80)))
        try await eventually("the probe is on its way") { gateway.inFlight == 1 }
        #expect(runner.circuits().first?.state == .halfOpen)
        #expect(runner.circuits().first?.waiting == 18)
        gateway.endAll(.done(.acknowledged))
        try await eventually("four at a time again") { gateway.inFlight == 4 }
        gateway.answerAtOnce(.done(.acknowledged))
        gateway.endAll(.done(.acknowledged))
        try await eventually("all ended") { recorder.count == 20 }
    }

    @Test("Stopping lets calls in flight end, begins none, and cancels what takes too long")
    func stopping() async throws {
        let (gateway, recorder) = (ScriptedGateway(), OutcomeRecorder())
        let runner = runner(gateway, recorder, DestinationPolicy(concurrency: 2))
        runner.submit(payments(1...5))
        try await eventually("two are in flight") { gateway.inFlight == 2 }
        async let stopped = runner.stop(within: .seconds(60))
        try await eventually("the rest was dropped") { runner.circuits().first?.waiting == 0 }
        gateway.endAll(.done(.acknowledged))
        #expect(await stopped == 0)
        #expect(gateway.calls.count == 2)
        #expect(recorder.count == 2)
        runner.submit(payments(6...6))
        #expect(gateway.calls.count == 2)

        let second = self.runner(gateway, recorder)
        second.submit(payments(1...2))
        try await eventually("two are in flight") { gateway.inFlight == 2 }
        #expect(await second.stop(within: .milliseconds(20)) == 2)
        #expect(recorder.all.suffix(2).map { Expected($0.outcome) } == [.unknown, .unknown])
    }

    @Test("Twenty thousand effects wait in a heap without a task each, and all run")
    func many() async throws {
        let (gateway, recorder) = (ScriptedGateway(immediate: .done(.acknowledged)), OutcomeRecorder())
        let runner = runner(gateway, recorder)
        runner.submit(payments(1...20_000, dueIn: .seconds(2)))
        #expect(runner.circuits().first?.waiting == 20_000)
        #expect(runner.circuits().first?.inFlight == 0)
        try await eventually("all ran") { recorder.count == 20_000 }
        #expect(gateway.inFlightMax <= 32)
    }

    @Test("A party that is down for a while gets everything once when it is back")
    func drains() async throws {
        try await withSandbox { sandbox in
            let outside = try Outside(baseURL: sandbox.baseURL)
            let mailbox = Mutex<EffectRunner?>(nil)
            let recorder = OutcomeRecorder()
            let policy = DestinationPolicy(
                concurrency: 8, backoff: Backoff(base: .milliseconds(10), cap: .milliseconds(100)), failuresToOpen: 5,
                openFor: .milliseconds(50), openForMax: .milliseconds(100))
            let runner = EffectRunner(
                gateway: outside.world, clock: SystemClock(), options: .init(standard: policy, seed: 1)
            ) { effect, outcome in
                // What a worker does: final outcomes are recorded, others come again.
                var next = effect
                next.attempts += 1
                switch outcome {
                case .done, .refused: return recorder.record(effect, outcome)
                case .failed(_, let at), .withheld(_, let at): (next.dueAt, next.isUncertain) = (at, false)
                case .unknown(_, let at): (next.dueAt, next.isUncertain) = (at, true)
                }
                mailbox.withLock { $0 }?.submit([next])
            }
            mailbox.withLock { $0 = runner }
            try await sandbox.setFaults("swift", #"{"outage": "drop"}"#)
            try await sandbox.setFaults(
                "payments", #"{"cut_rate": 0.3, "error_rate": 0.3, "forgets_references": true}"#)
            runner.submit(try (1...100).map { try Sample.book($0) } + (1...100).map { Sample.authorize($0) })
            try await eventually("the circuit opened") {
                runner.circuits().contains { $0.destination == "carrier/swift" && $0.state == .open }
            }
            try await eventually("payments got through") { recorder.count >= 100 }
            try await sandbox.clearFaults("swift")
            try await eventually("everything is done") { recorder.count == 200 }
            #expect(recorder.all.allSatisfy { Expected($0.outcome) == .done })
            let books = try await sandbox.books()
            #expect(books["couriers"]?["swift"]?["labels_booked"]?.integer == 100)
            #expect(books["payments"]?["totals"]?["authorization"]?["count"]?.integer == 100)
            #expect(await runner.stop(within: .seconds(5)) == 0)
            try await outside.close()
        }
    }
}

@Suite("Backoff and circuit breaker")
struct BackoffTests {
    @Test("The bound doubles up to the cap, whatever the number of tries")
    func bounds() {
        let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1))
        #expect(
            [0, 1, 2, 3, 4, 5, 1_000_000].map { backoff.bound(attempts: $0).inMilliseconds }
                == [100, 200, 400, 800, 1_000, 1_000, 1_000])
        #expect(Backoff(base: .seconds(1), factor: 1, cap: .seconds(9)).bound(attempts: 50) == .seconds(1))
    }

    @Test("Waits spread over the whole range, and the same seed gives the same waits")
    func jitter() {
        let backoff = Backoff(base: .seconds(1), cap: .seconds(1), floor: .milliseconds(10))
        var (first, second) = (SeededGenerator(seed: 3), SeededGenerator(seed: 3))
        let waits = (0..<2_000).map { _ in backoff.wait(attempts: 4, using: &first).inMilliseconds }
        #expect(waits == (0..<2_000).map { _ in backoff.wait(attempts: 4, using: &second).inMilliseconds })
        #expect(waits.allSatisfy { (10...1_000).contains($0) })
        #expect(waits.contains { $0 < 60 } && waits.contains { $0 > 950 })
        #expect((450...560).contains(waits.reduce(0, +) / 2_000))
    }

    @Test("Customers' webhooks are tried for about three days")
    func webhookSchedule() {
        let policy = DestinationPolicy.webhook
        let longest = (0..<13).reduce(Duration.zero) { $0 + policy.backoff.bound(attempts: $1) }
        // Full jitter takes half of the bound on average.
        #expect((2.0...4.0).contains(Double(longest.inMilliseconds) / 2 / 86_400_000))
    }

    @Test("Failures in a row open it at the threshold, each failed probe doubles the time up to the most")
    func breaker() {
        let policy = DestinationPolicy(failuresToOpen: 2, openFor: .seconds(1), openForMax: .seconds(3))
        func at(_ seconds: Int64) -> Instant { Instant(milliseconds: seconds * 1_000) }
        var breaker = CircuitBreaker(since: at(0))
        breaker.failed(at: at(1), policy)
        breaker.succeeded(at: at(2))
        breaker.failed(at: at(3), policy)
        #expect(breaker.state == .closed)
        breaker.failed(at: at(4), policy)
        #expect(breaker.state == .open(until: at(5)))
        #expect(breaker.since == at(4))
        // One that was in flight when it opened.
        breaker.failed(at: at(4), policy)
        #expect(breaker.permission(at: at(4)) == .refused(until: at(5)))
        #expect(breaker.permission(at: at(5)) == .granted)
        #expect(breaker.permission(at: at(5)) == .waiting)
        breaker.failed(at: at(6), policy)
        #expect(breaker.state == .open(until: at(8)))
        #expect(breaker.permission(at: at(8)) == .granted)
        breaker.failed(at: at(8), policy)
        #expect(breaker.state == .open(until: at(11)))
        #expect(breaker.permission(at: at(11)) == .granted)
        breaker.succeeded(at: at(12))
        #expect(breaker.state == .closed)
        #expect(breaker.permission(at: at(12)) == .granted)
    }
}
