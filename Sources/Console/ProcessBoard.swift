import BPMN
import Kernel
import OrdersService
import Ports
import Synchronization

/// The process reader, for several read connections in turn.
///
/// A reader keeps compiled versions and serves one thread at a time, while the read pool has several: hence the gate.
final class ProcessBoard: @unchecked Sendable {
    private let reader: ProcessReader
    private let gate = Mutex(())
    /// The model that new orders begin with.
    let model: ProcessModel

    init(process: [UInt8]) throws {
        reader = try ProcessReader(process: process)
        model = reader.currentModel.source
    }

    func tokenCounts(_ database: any DatabaseConnection) throws(Fault) -> TokenCounts {
        // The newest thousand running orders: a page must stay quick with a hundred thousand.
        try gated { () throws(Fault) in try reader.tokenCounts(limit: 1000, database) }
    }

    func instance(of id: OrderID, _ database: any DatabaseConnection) throws(Fault) -> ProcessInstance? {
        try gated { () throws(Fault) in try reader.instance(of: id, database) }
    }

    func incidentCount(_ database: any DatabaseConnection) throws(Fault) -> Int64 {
        try database.integer("SELECT count(*) FROM process_instances WHERE incidents > 0")
    }

    /// Oldest first.
    func incidents(limit: Int, _ database: any DatabaseConnection) throws(Fault) -> [IncidentView] {
        try gated { () throws(Fault) in try reader.incidents(limit: limit, database) }
    }

    private func gated<Value: Sendable>(_ body: () throws(Fault) -> Value) throws(Fault) -> Value {
        var outcome: Result<Value, Fault>?
        gate.withLock { _ in
            do throws(Fault) { outcome = .success(try body()) } catch { outcome = .failure(error) }
        }
        guard let outcome else { preconditionFailure("the gate did not run its body") }
        return try outcome.get()
    }
}
