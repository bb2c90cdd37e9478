import Contracts
import Foundation
import Kernel
import Ports
import Runtime

/// A fresh system in a temporary folder, with a meter at each service's storage and a world that answers at once.
struct BenchSystem: Sendable {
    let system: DoorstepSystem
    let meters: [Topic: StorageMeter]
    let shoppers: BenchShoppers
    let floor: BenchFloor
    let folder: String
    /// Wakes a search service that a benchmark starts beside.
    let listener: SearchListener

    /// Runs `body`, stops the system, and audits what it left.
    ///
    /// - Parameter store: where the tables are made; they are removed at the end.
    /// - Throws: what starting, `body` and auditing throw. The folder is removed in any case.
    static func with<Result: Sendable>(
        _ configuration: SystemConfiguration = SystemConfiguration(), on store: BenchStore = .folder,
        isProfiled: Bool = false, observers: [any CommitObserver] = [],
        _ body: @escaping @Sendable (BenchSystem) async throws -> Result
    ) async throws -> (Result, BenchAftermath) {
        let folder = TemporaryFolder.newPath(for: "bench")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = configuration
        configuration.dataPath = folder
        guard case .server(let url) = store else {
            return try await run(configuration, isProfiled, observers, body) { try bytes(in: folder) }
        }
        let database = try BenchDatabase.make(at: url)
        configuration.store = StoreLocation([database.url])
        do {
            var (result, aftermath) = try await run(configuration, isProfiled, observers, body) {
                try database.bytes()
            }
            aftermath.rowWidth = try database.rowWidth()
            try database.drop()
            return (result, aftermath)
        } catch {
            Terminal.tell("the database of the run stays: \(database.name)")
            throw error
        }
    }

    private static func run<Result: Sendable>(
        _ configuration: SystemConfiguration, _ isProfiled: Bool, _ observers: [any CommitObserver],
        _ body: @escaping @Sendable (BenchSystem) async throws -> Result, bytes: () throws -> Int
    ) async throws -> (Result, BenchAftermath) {
        let meters = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ($0, StorageMeter(isProfiled: isProfiled)) })
        let shoppers = BenchShoppers()
        let floor = BenchFloor()
        let listener = SearchListener()
        let system = try await DoorstepSystem.start(
            configuration, gateway: AnsweringWorld(), observers: [shoppers, floor, listener] + observers
        ) { topic, database in
            meters[topic].map { MeteredDatabase(base: database, meter: $0) } ?? database
        }
        let bench = BenchSystem(
            system: system, meters: meters, shoppers: shoppers, floor: floor, folder: configuration.dataPath,
            listener: listener)
        let result: Result
        do {
            result = try await body(bench)
        } catch {
            await system.stop()
            throw error
        }
        await system.stop()
        let data = system.folder
        let checks = try await OwnThread.run { Swift.Result { () throws(Fault) in try SystemAudit.run(data) } }.get()
        return (result, BenchAftermath(checks: checks, bytes: try bytes()))
    }

    /// Of all files, after the write-ahead logs have been folded in.
    private static func bytes(in folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + ((attributes[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    var storage: [Topic: StorageFigures] { meters.mapValues(\.figures) }
}

/// What a benchmark left behind.
struct BenchAftermath: Sendable {
    let checks: [AuditCheck]
    let bytes: Int
    /// Bytes of a row that was written, on average; where the store knows.
    var rowWidth: Int?

    var holds: Bool { checks.allSatisfy(\.holds) }
}
