import Kernel
import Ports
import Runtime

/// Looks recipients up in Orders' tables.
public struct DatabaseRecipientDirectory: RecipientDirectory {
    private let pool: ReadPool

    public init(_ pool: ReadPool) { self.pool = pool }

    public func recipient(of orderID: OrderID) async throws(Fault) -> Recipient? {
        try await pool.read { database throws(Fault) in try OrdersQueries.recipient(of: orderID, database) }
    }
}
