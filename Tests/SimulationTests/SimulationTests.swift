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
                + "\(report.virtualTime), states \(report.ordersByState), answers \(report.answers), "
                + "events \(report.eventCounts)\n"
            let former = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            try (former + text).write(toFile: path, atomically: true, encoding: .utf8)
        }
        return report
    }

    @Test func everyOrderEnds() throws {
        let report = try Self.run(SimulationPlan(seed: 1, orders: 300))
        #expect(report.ordersByState.values.reduce(0, +) == 300)
        // A run in which nothing went wrong shows nothing.
        for type in [
            "OrderCompleted", "OrderCancelled", "OrderRejected", "PaymentDeclined", "FulfillmentShort",
            "UnitsCancelled",
            "ShipmentLost", "ReturnRestocked", "DeliveryAttemptFailed", "CancellationRefused", "PaymentRefunded",
            "StockReservationRejected", "FulfillmentReduced", "ShipmentCancelled",
        ] { #expect(report.eventCounts[type, default: 0] > 0, "no \(type) in \(report.eventCounts)") }
    }

    @Test func theSameSeedMakesTheSameRun() throws {
        let plan = SimulationPlan(seed: 7, orders: 30, crashes: .atCommits(probability: 0.05))
        let first = try Self.run(plan)
        let second = try Self.run(plan)
        let difference = zip(first.transcript, second.transcript).first { $0 != $1 }
        #expect(difference == nil)
        #expect(first.transcript.count == second.transcript.count)
    }

    @Test(arguments: [21, 22] as [UInt64])
    func crashingAroundCommitsLosesNothing(seed: UInt64) throws {
        let report = try Self.run(SimulationPlan(seed: seed, orders: 12, crashes: .atCommits(probability: 0.2)))
        #expect(report.crashes > 20)
        #expect(report.ordersByState.values.reduce(0, +) == 12)
    }

    /// Power fails once, at another commit in each run: every one in the middle of 6 orders' lives, in steps of 20.
    @Test(arguments: [0, 1])
    func crashingOnceLosesNothing(moment: Int) throws {
        for commit in stride(from: 1, to: 220, by: 20) {
            let crash: SimulationPlan.Crashes = moment == 0 ? .beforeCommit(commit) : .afterCommit(commit)
            let report = try Self.run(SimulationPlan(seed: 31, orders: 6, crashes: crash))
            #expect(report.ordersByState.values.reduce(0, +) == 6)
        }
    }

    @Test func crashingAroundEveryCommitLosesNothing() throws {
        let report = try Self.run(SimulationPlan(seed: 5, orders: 60, crashes: .aroundEveryCommit))
        #expect(report.commits > 400)
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
                let plan = SimulationPlan(seed: seed, orders: 50, crashes: crashes)
                #expect(throws: Never.self, "\(plan)") { _ = try Self.run(plan) }
            }
        }
    }
}
