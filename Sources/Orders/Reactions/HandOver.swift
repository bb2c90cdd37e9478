import Contracts
import Kernel

extension Order {
    /// The carrier has it: the pivot.
    ///
    /// - Returns: whether this is news.
    /// - Throws: `unknown_units`.
    public mutating func noteHandedOver(
        _ index: Int, units: [UnitRange], lines: () throws(Fault) -> [OrderLine], now: Instant
    ) throws(Fault) -> Bool {
        guard fulfillments[index].status.isBeforeHandover else { return false }
        let units = units.normalized
        if units != fulfillments[index].units {
            fulfillments[index].units = units
            fulfillments[index].value = try lines().value(of: units)
        }
        fulfillments[index].status = .handedOver
        // They were needed for the booking alone; Warehouse knows them.
        fulfillments[index].packages = []
        fulfillments[index].updatedAt = now
        return true
    }

    /// How many fulfillments were handed over.
    public var handedOverCount: Int { fulfillments.reduce(0) { $1.status == .handedOver ? $0 + 1 : $0 } }
}
