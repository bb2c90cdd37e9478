import ArgumentParser
import Foundation
import Kernel
import Runtime

/// `bench worker`: one of the processes that `bench processes` starts.
struct BenchWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "One of the processes that `bench processes` starts.", shouldDisplay: false)

    static let ready = "ready"
    static let linesPerOrder = 2

    @Option var database: String
    @Option var data: String
    @Option var partitions: Int
    @Option(help: "How many share the partitions.") var processes: Int
    @Option(help: "The first order's number.") var first: Int
    @Option(help: "How many orders.") var orders: Int
    @Option var inFlight: Int

    static func arguments(
        _ database: String, data: String, partitions: Int, processes: Int, orders: Range<Int>, inFlight: Int
    ) -> [String] {
        [
            "bench", "worker", "--database", database, "--data", data, "--partitions", String(partitions),
            "--processes", String(processes), "--first", String(orders.lowerBound), "--orders", String(orders.count),
            "--in-flight", String(inFlight),
        ]
    }

    func run() async throws {
        var configuration = SystemConfiguration()
        configuration.dataPath = data
        configuration.store = StoreLocation([database])
        configuration.partitions = partitions
        configuration.sharing = Sharing()
        let shoppers = BenchShoppers()
        let floor = BenchFloor()
        let system = try await DoorstepSystem.start(
            configuration, gateway: AnsweringWorld(), observers: [shoppers, floor])
        floor.open(system)
        let (numbers, inFlight, plan) = (first..<first + orders, inFlight, self)
        let shop = BenchShop.asOpened(linesPerOrder: Self.linesPerOrder)
        let result = await OwnThread.run {
            Result {
                try plan.awaitShare(system)
                Terminal.say(Self.ready)
                _ = FileHandle.standardInput.availableData
                let cpu = CPUTime.ofProcess
                try shoppers.run(numbers, inFlightMax: inFlight, shop: shop, in: system)
                Terminal.say(String((CPUTime.ofProcess - cpu).inMicroseconds))
                // Until the input ends: the others' orders may need this process.
                while !FileHandle.standardInput.availableData.isEmpty {}
            }
        }
        await system.stop()
        try result.get()
    }

    /// Waits until each service's partitions are divided evenly.
    ///
    /// - Throws: `bench_failed` when they are not after half a minute.
    private func awaitShare(_ system: DoorstepSystem) throws(Fault) {
        let deadline = ContinuousClock.now + .seconds(30)
        let pause = Signal()
        while ContinuousClock.now < deadline {
            let entries = try ClusterReport.read(system.folder, now: system.clock.now).entries.filter(\.isOwned)
            let owners = Dictionary(grouping: entries) { "\($0.service.rawValue) \($0.owner)" }
            if entries.count == 3 * partitions, owners.count == 3 * processes,
                owners.values.allSatisfy({ $0.count >= partitions / processes })
            {
                return
            }
            pause.wait(atMost: .milliseconds(100))
        }
        throw Fault("bench_failed", retryable: false, "the partitions are not divided")
    }
}
