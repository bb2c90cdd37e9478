import Contracts
import Foundation
import Kernel
import Ports
import SQLiteStore
import Synchronization
import Testing

@testable import Runtime

/// Processes that share a service, as nodes on one database under one clock.
@Suite struct ServiceNodeTests {
    private final class SystemTime: WallClock {
        var now: Instant { Instant(milliseconds: Int64(Date(timeIntervalSinceNow: 0).timeIntervalSince1970 * 1000)) }
    }

    private static func node(
        _ owner: String, _ bench: Bench, claim: ServiceNode<TallyLogic>.Claim = .fairShare,
        ended: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> ServiceNode<TallyLogic> {
        let clock = SystemTime()
        let (database, effects) = (bench.database, bench.effects)
        return ServiceNode<TallyLogic>(
            topic: .warehouse, database: database, clock: clock,
            options: ServiceNode<TallyLogic>.Options(
                owner: owner, address: "http://\(owner)", partitionCount: 4, claim: claim, leaseDuration: .seconds(1),
                claimInterval: .milliseconds(50)),
            hooks: ServiceNode<TallyLogic>.Hooks(hasEnded: ended)
        ) { partition, signal, tenure throws(Fault) in
            try Worker(
                TallyLogic(), database: database, log: Bench.ScriptedLog(), recent: RecentEvents(), effects: effects,
                clock: clock,
                options: WorkerOptions(
                    partition: partition.number, partitionCount: 4, owner: owner, leaseDuration: .seconds(1),
                    idlePause: .milliseconds(20)), signal: signal, tenure: tenure)
        }
    }

    private static func prepared() throws -> Bench {
        let bench = try Bench()
        try Migrator.prepare(bench.database, for: bench.logic, now: bench.clock.now)
        _ = try Division.settle(bench.database, asked: 4, standard: 1)
        return bench
    }

    private static func eventually(_ what: String, _ isSo: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !isSo() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func twoNodesEndUpWithHalfEach() async throws {
        let bench = try Self.prepared()
        let first = Self.node("a", bench)
        try first.start()
        #expect(first.held == [0, 1, 2, 3])
        let second = Self.node("b", bench)
        try second.start()
        try await Self.eventually("halves") { first.held.count == 2 && second.held.count == 2 }
        #expect(first.held.isDisjoint(with: second.held))
        #expect(Set(first.mailbox.openPartitions) == first.held)
        second.stop(within: .seconds(5))
        try await Self.eventually("the first has all again") { first.held.count == 4 }
        first.stop(within: .seconds(5))
        let connection = try bench.database.connect(.read)
        defer { connection.close() }
        #expect(try NodeTable.living(connection, now: bench.clock.now) == [])
        #expect(try NodeTable.ownerships(connection).allSatisfy { $0.expiresAt == Instant(milliseconds: 0) })
    }

    @Test func aLeaseThatWasTakenEndsItsWorkerAndIsNotProvedAgain() async throws {
        let bench = try Self.prepared()
        let ended = Mutex<[Int]>([])
        let node = Self.node("a", bench) { partition in ended.withLock { $0.append(partition) } }
        try node.start()
        // Another takes over as if this process had slept.
        let thief = try bench.database.connect(.write)
        defer { thief.close() }
        try thief.execute(
            "UPDATE leases SET owner = 'b', epoch = epoch + 1, expires_at = $1 WHERE partition = 2",
            [.instant(SystemTime().now + .seconds(3600))])
        try await Self.eventually("the worker's end") { ended.withLock { $0 == [2] } }
        try await Self.eventually("the rest stays") { node.held == [0, 1, 3] }
        #expect(node.mailbox.whereabouts(of: .count(ProductID(rawValue: 0))) == .here)
        node.stop(within: .seconds(5))
    }

    @Test func commandsOfAnothersPartitionAreRefusedUnchanged() async throws {
        let mailbox = ServiceMailbox<Int64, Int64>(
            topic: .orders, partitionCount: 4, routing: CommandRouting { .entity($0) })
        // Identifiers 0–3 are the first partition's, 4–7 the second's.
        #expect(mailbox.whereabouts(of: 5) == .elsewhere(partition: 1))
        guard case .unavailable(let fault) = await mailbox.answer(to: 5) else {
            Issue.record("nobody can have answered")
            return
        }
        #expect(fault.code == "partition_elsewhere")
        #expect(fault.isRetryable)
    }

    @Test func aTenureEndsWithTheLease() {
        let tenure = Tenure()
        #expect(!tenure.holds(at: Instant(milliseconds: 0)))
    }
}

/// Which partition a command goes to, and how a batch about several is answered.
@Suite struct RoutingTests {
    /// Similar keys do not end up in the same partition.
    @Test func newOrdersSpreadByTheirKeys() {
        let counts = (1...400).reduce(into: [UInt64: Int]()) { counts, number in
            counts[IdempotencyKey(client: 7, key: "order-\(number)", fingerprint: []).spread % 4, default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > 60 }, "\(counts)")
    }

    @Test func aBatchIsPutTogetherInItsOrder() {
        let joined = CommandRouting<Int, Int>.inOrder([
            (places: [0, 3], elements: ["a", "d"]), ([1, 2], ["b", "c"]),
        ])
        #expect(joined == ["a", "b", "c", "d"])
    }
}
