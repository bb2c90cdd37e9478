import Foundation
import Kernel
import Simulation
import Testing

/// The services as they are, in one thread under a virtual clock. A failure names its seed.
@Suite(.serialized) struct SimulationTests {
    static func run(_ plan: SimulationPlan) throws -> Simulation.Report {
        let file = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "processes/order-fulfillment.bpmn")
        // In memory where there is such a folder: what is simulated is the end of a process, not of a disk.
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "simulation-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try Simulation(plan, folder: folder.path, process: Array(Data(contentsOf: file))).run()
        if let path = ProcessInfo.processInfo.environment["DOORSTEP_SIMULATION_REPORT"] {
            let text =
                "\(plan): \(report.steps) steps, \(report.commits) commits, \(report.crashes) crashes, "
                + "\(report.withheldCalls) withheld, \(report.otherCarriers) other carriers, "
                + "\(report.virtualTime), states \(report.ordersByState), answers \(report.answers), "
                + "events \(report.eventCounts)\n"
            let former = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            try (former + text).write(toFile: path, atomically: true, encoding: .utf8)
        }
        return report
    }

    /// The power fails around every commit, each service's alone; events, outcomes and reports come twice. Made twice
    /// at the same time: whatever runs beside it, the same seed makes the same bytes.
    @Test func everyOrderEndsWhateverFails() async throws {
        let plan = SimulationPlan(
            seed: 1, orders: 300, crashes: .aroundEveryCommit, hasProcessPerService: true, pauseMax: .seconds(5))
        async let again = Self.runOnThread(plan)
        let report = try await Self.runOnThread(plan)
        let repetition = try await again
        #expect(report.transcript.count == repetition.transcript.count)
        #expect(zip(report.transcript, repetition.transcript).first { $0 != $1 } == nil)
        #expect(report.ordersByState.values.reduce(0, +) == 300)
        #expect(report.crashes == 2 * report.commits)
        Self.expectTroubles(report)
        #expect(report.otherCarriers > 0, "no shipment was booked with another carrier than the first")
    }

    private static func runOnThread(_ plan: SimulationPlan) async throws -> Simulation.Report {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try Self.run(plan) }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// A run in which nothing went wrong shows nothing.
    private static func expectTroubles(_ report: Simulation.Report) {
        for type in [
            "OrderCompleted", "OrderCancelled", "OrderRejected", "PaymentDeclined", "FulfillmentShort",
            "UnitsCancelled", "ShipmentLost", "ReturnRestocked", "DeliveryAttemptFailed", "PaymentRefunded",
            "StockReservationRejected", "FulfillmentReduced", "ShipmentCancelled",
        ] { #expect(report.eventCounts[type, default: 0] > 0, "no \(type) in \(report.eventCounts)") }
    }

    /// After a crash every call may have been made, and who is down is asked all the same; here nobody crashes.
    @Test func partiesThatAreDownArePassedOver() throws {
        let report = try Self.run(SimulationPlan(seed: 1, orders: 300))
        #expect(report.ordersByState.values.reduce(0, +) == 300)
        Self.expectTroubles(report)
        #expect(report.eventCounts["CancellationRefused", default: 0] > 0)
        #expect(report.withheldCalls > 0)
        #expect(report.otherCarriers > 0)
    }

    /// Every invariant of the audit, after every step.
    @Test(arguments: [(21, false), (22, true)] as [(UInt64, Bool)])
    func crashingAroundCommitsLosesNothing(seed: UInt64, hasProcessPerService: Bool) throws {
        let plan = SimulationPlan(
            seed: seed, orders: 12, crashes: .atCommits(probability: 0.2), hasProcessPerService: hasProcessPerService,
            stepsPerAudit: 1)
        let report = try Self.run(plan)
        #expect(report.crashes > 20)
        #expect(report.ordersByState.values.reduce(0, +) == 12)
    }

    @Test func crashingAllAtOnceAroundEveryCommitLosesNothing() throws {
        let report = try Self.run(SimulationPlan(seed: 5, orders: 15, crashes: .aroundEveryCommit))
        #expect(report.commits > 100)
        #expect(report.crashes == 2 * report.commits)
    }

    /// For long hunts: `DOORSTEP_SIMULATION_SEEDS=100-199` runs these seeds, without crashes and with.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DOORSTEP_SIMULATION_SEEDS"] != nil))
    func manySeeds() throws {
        let text = ProcessInfo.processInfo.environment["DOORSTEP_SIMULATION_SEEDS"] ?? ""
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        let (first, last) = (try #require(ends.first), try #require(ends.last))
        for seed in first...last {
            for crashes in [SimulationPlan.Crashes.never, .atCommits(probability: 0.03)] {
                let plan = SimulationPlan(
                    seed: seed, orders: 50, crashes: crashes, hasProcessPerService: seed.isMultiple(of: 2),
                    pauseMax: seed.isMultiple(of: 3) ? .milliseconds(500) : .seconds(60))
                #expect(throws: Never.self, "\(plan)") { _ = try Self.run(plan) }
            }
        }
    }
}
