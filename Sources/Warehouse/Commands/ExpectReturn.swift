import Contracts
import Kernel

extension WarehouseState {
    /// Orders approved a return. Passed over when it is expected already.
    ///
    /// - Returns: whether the warehouse is known.
    public mutating func expectReturn(_ approved: ReturnApproved, now: Instant) -> Bool {
        guard site(approved.warehouseID) != nil else { return false }
        guard returns[approved.returnID] == nil else { return true }
        returns[approved.returnID] = ExpectedReturn(
            id: approved.returnID, orderID: approved.orderID, warehouseID: approved.warehouseID, expectedAt: now,
            lines: approved.lines.map { ExpectedReturn.Line(units: $0.units, productID: $0.productID) })
        tracked.newReturns.insert(approved.returnID)
        return true
    }
}
