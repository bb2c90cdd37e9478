import Foundation
import Gateways
import Kernel
import Ports
import Synchronization
import Testing

/// Nobody outside is called for a partition that another process has.
@Suite struct EffectOwnershipTests {
    private final class CountingGateway: EffectGateway {
        private let called = Mutex<[Int]>([])
        var partitions: [Int] { called.withLock { $0.sorted() } }

        func perform(_ effect: Effect, now: Instant) async -> EffectOutcome {
            called.withLock { $0.append(effect.partition) }
            return .done(.acknowledged)
        }
    }

    private final class Ownership: Sendable {
        let partitions: Mutex<Set<Int>>
        init(_ partitions: Set<Int>) { self.partitions = Mutex(partitions) }
        func holds(_ effect: Effect) -> Bool { partitions.withLock { $0.contains(effect.partition) } }
    }

    private static func effect(_ number: Int64, in partition: Int) -> Effect {
        var effect = Sample.authorize(number)
        effect.partition = partition
        return effect
    }

    private let gateway = CountingGateway()
    private let recorder = OutcomeRecorder()

    private func runner(_ ownership: Ownership) -> EffectRunner {
        EffectRunner(
            gateway: gateway, clock: SystemClock(), options: .init(seed: 1),
            isOurs: { effect, _ in ownership.holds(effect) },
            report: { [recorder] in recorder.record($0, $1) })
    }

    @Test func whatIsNotOursWaitsUntilItIs() async throws {
        let ownership = Ownership([1])
        let runner = runner(ownership)
        runner.submit([Self.effect(1, in: 0), Self.effect(2, in: 1)])
        try await eventually("ours was called") { recorder.count == 1 }
        #expect(gateway.partitions == [1])
        #expect(runner.circuits().first?.waiting == 1)
        ownership.partitions.withLock { $0 = [0] }
        try await eventually("the lease was proved anew") { recorder.count == 2 }
        #expect(gateway.partitions == [0, 1])
    }

    /// As in a process that is stopped when it has begun to call, and goes on when another has taken over.
    @Test func whatIsAnothersWhenItIsAboutToBeSentIsNotSent() async throws {
        let receiver = try ScriptedReceiver()
        let outside = try Outside(baseURL: "http://127.0.0.1:\(receiver.port)")
        let questions = Mutex(0)
        let runner = EffectRunner(
            gateway: outside.world, clock: SystemClock(), options: .init(seed: 1),
            isOurs: { _, _ in
                questions.withLock { count in
                    count += 1
                    return count == 1
                }
            },
            report: { [recorder] in recorder.record($0, $1) })
        runner.submit([Self.effect(1, in: 0)])
        try await eventually("the call was given up") { recorder.count == 1 }
        guard case .failed? = recorder.all.first?.outcome else {
            Issue.record("\(recorder.all)")
            return
        }
        #expect(receiver.received.isEmpty)
        receiver.close()
        try await outside.close()
    }

    @Test func whatIsForgottenIsNeverCalledAndMayComeAgain() async throws {
        let ownership = Ownership([])
        let runner = runner(ownership)
        runner.submit([Self.effect(1, in: 0), Self.effect(2, in: 1)])
        runner.forget { $0.partition == 0 }
        ownership.partitions.withLock { $0 = [0, 1] }
        try await eventually("the other was called") { recorder.count == 1 }
        #expect(gateway.partitions == [1])
        runner.submit([Self.effect(1, in: 0)])
        try await eventually("it came again with its partition") { recorder.count == 2 }
        #expect(gateway.partitions == [0, 1])
    }
}
