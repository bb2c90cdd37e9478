import Kernel
import Ports
import Runtime

/// Looks warehouses up in Warehouse's tables.
public struct DatabaseWarehouseDirectory: WarehouseDirectory {
    private let pool: ReadPool

    public init(_ pool: ReadPool) { self.pool = pool }

    public func codes() async throws(Fault) -> [WarehouseID: String] {
        try await pool.read { database throws(Fault) in
            var codes: [WarehouseID: String] = [:]
            try database.query("SELECT id, code FROM warehouses", []) { row in codes[row.id(0)] = row.text(1) }
            return codes
        }
    }
}
