import Simulation
import Testing

/// The same company with its work divided: every partition has workers of its own on the same stores.
@Suite(.serialized) struct PartitionedSimulationTests {
    @Test(arguments: [2, 8])
    func everyOrderEnds(partitions: Int) throws {
        let report = try SimulationTests.run(SimulationPlan(seed: 31, orders: 60, partitions: partitions))
        #expect(report.ordersByState.values.reduce(0, +) == 60)
        for type in ["OrderCompleted", "OrderCancelled", "ShipmentCancelled", "ReturnRestocked"] {
            #expect(report.eventCounts[type, default: 0] > 0, "no \(type) in \(report.eventCounts)")
        }
    }

    @Test func crashingAroundCommitsLosesNothing() throws {
        let report = try SimulationTests.run(
            SimulationPlan(seed: 32, orders: 12, crashes: .atCommits(probability: 0.1), partitions: 4))
        #expect(report.crashes > 10)
        #expect(report.ordersByState.values.reduce(0, +) == 12)
    }
}
