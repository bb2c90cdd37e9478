import BPMN
import Kernel
import Ports

/// The versions of the order process, side by side: an instance stays on the version that it began with.
final class ProcessVersions {
    static let orderProcess = "order-fulfillment"
    static let fulfillmentProcess = "fulfillment"

    /// The version that new orders begin with.
    let current: ProcessEngine
    private let xml: [UInt8]
    /// Compiled once each. Only versions that are stored, or the current one: safe to keep over a rolled-back batch.
    private var engines: [Int64: ProcessEngine]

    init(_ process: OrderProcess) {
        xml = process.xml
        current = process.engine
        engines = [Self.version(of: current): current]
    }

    static func version(of engine: ProcessEngine) -> Int64 { Int64(bitPattern: engine.model.fingerprint) }

    /// Makes the current version findable for later programs.
    func register(_ database: any DatabaseConnection, now: Instant) throws(Fault) {
        try database.execute(
            "INSERT INTO process_definitions (version, xml, registered_at) VALUES ($1, $2, $3) "
                + "ON CONFLICT (version) DO NOTHING",
            [
                .integer(Self.version(of: current)), .text(String(decoding: xml, as: UTF8.self)), .instant(now),
            ])
    }

    /// - Throws: `unknown_process_version`, `process_version_unusable`.
    func engine(_ version: Int64, _ database: any DatabaseConnection) throws(Fault) -> ProcessEngine {
        if let engine = engines[version] { return engine }
        let stored = try database.first(
            "SELECT xml FROM process_definitions WHERE version = $1", [.integer(version)]
        ) { $0.bytes(0) }
        guard let stored else { throw Fault("unknown_process_version", retryable: false, String(version)) }
        do {
            let engine = try OrderProcess(xml: stored).engine
            engines[version] = engine
            return engine
        } catch {
            throw Fault("process_version_unusable", retryable: false, "\(version): \(error)")
        }
    }
}
