import Contracts
import Kernel
import OrdersService
import Ports
import Runtime
import ShippingService
import WarehouseService

/// The services' logics as the operator configured them. A worker makes its own, on its own thread.
struct ServiceLogics: Sendable {
    private let configuration: SystemConfiguration
    private let process: [UInt8]

    /// - Throws: `file_missing` without the process's file.
    init(_ configuration: SystemConfiguration) throws(Fault) {
        self.configuration = configuration
        process = try ProcessFile.bytes()
    }

    /// - Throws: `process_unusable` when the process is no model that the engine can run.
    @Sendable func orders(_ partition: Partition = .whole) throws(Fault) -> OrdersLogic {
        do {
            return try OrdersLogic(process: process, options: configuration.orders, partition: partition)
        } catch {
            throw Fault("process_unusable", retryable: false, "\(ProcessFile.path): \(error)")
        }
    }

    @Sendable func warehouse(_ partition: Partition = .whole) -> WarehouseLogic {
        WarehouseLogic(policy: configuration.warehouse, partition: partition)
    }

    @Sendable func shipping(_ partition: Partition = .whole) -> ShippingLogic {
        ShippingLogic(policy: configuration.shipping, partition: partition)
    }

    /// Brings the databases of this process's services up to date before anything reads them.
    ///
    /// - Returns: how many partitions the services have.
    /// - Throws: `partitions_differ`; as ``Migrator`` and ``orders(_:)``.
    func prepare(_ folder: DataFolder, now: Instant) throws(Fault) -> Int {
        var counts: [Topic: Int] = [:]
        for topic in Topic.allCases where configuration.roles.runs(topic) {
            let database = folder.database(topic)
            switch topic {
            case .orders: try Migrator.prepare(database, for: try orders(), now: now)
            case .warehouse: try Migrator.prepare(database, for: warehouse(), now: now)
            case .shipping: try Migrator.prepare(database, for: shipping(), now: now)
            }
            counts[topic] = try Division.settle(
                database, asked: configuration.partitions, standard: folder.store.standardPartitions)
        }
        // A process without services of its own sends requests to the partitions of others'.
        if counts.isEmpty, configuration.feeds == nil { counts = try Self.waitForOthers(folder) }
        let count = counts.values.max() ?? configuration.partitions ?? folder.store.standardPartitions
        guard counts.values.allSatisfy({ $0 == count }) else {
            let text = counts.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }
            throw Fault(
                "partitions_differ", retryable: false,
                "The services' databases are divided differently: \(text.joined(separator: ", ")).")
        }
        return count
    }

    private static let patience = Duration.seconds(30)

    /// How others' databases are divided, when at least one of them is made: processes may start in any order.
    ///
    /// - Throws: `store_empty` when none is made in time; as ``DatabaseConnection``.
    private static func waitForOthers(_ folder: DataFolder) throws(Fault) -> [Topic: Int] {
        let (deadline, nobody) = (ContinuousClock.now + patience, Signal())
        while true {
            var counts: [Topic: Int] = [:]
            for topic in Topic.allCases where folder.exists(StoreLocation.Part(topic)) {
                let connection = try folder.database(topic).connect(.read)
                defer { connection.close() }
                counts[topic] = try Division.settled(connection)
            }
            if !counts.isEmpty { return counts }
            guard ContinuousClock.now < deadline else {
                throw Fault(
                    "store_empty", retryable: true,
                    "No process has made a service's tables yet: start those with --roles orders, warehouse, shipping.")
            }
            nobody.wait(atMost: .milliseconds(100))
        }
    }
}
